#pragma once

#if __has_include("sbx_files.h")
#include "sbx_files.h"
#endif
#if __has_include("sbx_spawn.h")
#include "sbx_spawn.h"
#endif
