import HostFiles
import JSONText
import TestSupport

/// A launcher that writes down what it gets, and then lets bubblewrap do the work.
struct RecordingLauncher {
    let path: String
    private let space: Workspace

    /// Compiles it into the workspace's working folder.
    init(_ space: Workspace) throws {
        self.space = space
        path = space.folder("work/recorder")
        try Compiler.build(Self.source, to: path, flags: ["-DRECORD=\"\(space.folder("work/recorded"))\""])
        try space.giveAway()
    }

    /// What one launch got.
    struct Record {
        var arguments: [String] = []
        var environment: [String] = []
        /// By number, where each leads.
        var descriptors: [Int: String] = [:]
        /// By number, what the files in memory hold.
        var contents: [Int: [UInt8]] = [:]
    }

    var record: Record {
        get throws {
            var record = Record()
            for line in try space.folder.read("work/recorded").split(separator: "\n") {
                let fields = line.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
                switch fields[0] {
                case "argument": record.arguments.append(String(decoding: Self.bytes(fields[1]), as: UTF8.self))
                case "variable": record.environment.append(String(decoding: Self.bytes(fields[1]), as: UTF8.self))
                case "descriptor": record.descriptors[Int(fields[1]) ?? -1] = fields[2]
                case "content": record.contents[Int(fields[1]) ?? -1] = Self.bytes(fields[2])
                default: break
                }
            }
            return record
        }
    }

    private static func bytes(_ hex: String) -> [UInt8] {
        let digits = Array(hex.utf8)
        return stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index...(index + 1)], as: UTF8.self), radix: 16)
        }
    }

    private static let source = """
        #include <dirent.h>
        #include <stdio.h>
        #include <stdlib.h>
        #include <string.h>
        #include <unistd.h>

        static void hex(FILE *out, const char *bytes, size_t count) {
            for (size_t i = 0; i < count; i++) fprintf(out, "%02x", (unsigned char)bytes[i]);
            fputc('\\n', out);
        }

        int main(int argc, char **argv, char **envp) {
            if (argc == 2 && (!strcmp(argv[1], "--version") || !strcmp(argv[1], "--help"))) {
                execv("/usr/bin/bwrap", argv);
                return 9;
            }
            int open[256], count = 0;
            DIR *folder = opendir("/proc/self/fd");
            struct dirent *entry;
            while ((entry = readdir(folder)) && count < 256) {
                int number = atoi(entry->d_name);
                if (entry->d_name[0] != '.' && number != dirfd(folder)) open[count++] = number;
            }
            closedir(folder);
            FILE *out = fopen(RECORD, "w");
            if (!out) return 8;
            for (int i = 0; i < argc; i++) { fprintf(out, "argument "); hex(out, argv[i], strlen(argv[i])); }
            for (; *envp; envp++) { fprintf(out, "variable "); hex(out, *envp, strlen(*envp)); }
            for (int i = 0; i < count; i++) {
                char path[64], target[4096] = "";
                snprintf(path, sizeof path, "/proc/self/fd/%d", open[i]);
                if (readlink(path, target, sizeof target - 1) < 0) return 7;
                char *space = strchr(target, ' ');
                if (space) *space = 0;
                fprintf(out, "descriptor %d %s\\n", open[i], target);
                if (strncmp(target, "/memfd:", 7)) continue;
                FILE *in = fopen(path, "r");
                static char content[1 << 20];
                fprintf(out, "content %d ", open[i]);
                hex(out, content, fread(content, 1, sizeof content, in));
                fclose(in);
            }
            fclose(out);
            execv("/usr/bin/bwrap", argv);
            return 6;
        }
        """
}
