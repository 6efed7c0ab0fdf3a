#pragma once

#include "sbx_files.h"
#include "sbx_network.h"
#include "sbx_progress.h"
#include "sbx_spawn.h"
#include "sbx_thread.h"
#include "sbx_user_namespace.h"
#include "sbx_waiter.h"
