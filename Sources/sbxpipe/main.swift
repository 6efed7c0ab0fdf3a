import SbxpipeCommands

SbxpipeTool.start()
