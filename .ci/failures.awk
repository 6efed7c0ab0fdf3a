# Of a step's log, the lines that tell why it failed, at most 60: messages of tools and of failed tests; of a crash what
# was written just before and the crashed thread's frames; and the test cases that were started last.

function keep(list, most, line) {
    if (count[list] >= most || (list, line) in seen) return
    seen[list, line] = 1
    kept[list, ++count[list]] = substr(line, 1, 240)
}

function show(list,    i) { for (i = 1; i <= count[list]; i++) print "  " kept[list, i] }

{ gsub(/\033\[[0-9;]*m/, "") }
/^[[:space:]]*$/ { next }
{ last[NR % 3] = $0 }

# What tests say of themselves; those that fail come below.
/ started\.$/ { started[++starts] = $0; before = 0; next }
/(passed after [0-9.]+ seconds|skipped)/ { before = 0; next }

# The Swift runtime, and the allocator, say why they end the process just before they do.
/^\*\*\* Signal / { for (i = 1; i <= before; i++) keep("crash", 10, said[i]); crashed = 1; before = 0 }
!crashed && !/<unavailable>/ {
    if (before < 6) before++; else for (i = 1; i < 6; i++) said[i] = said[i + 1]
    said[before] = $0
}
/^\*\*\* Program crashed/ || /^Thread .* crashed:/ { keep("crash", 10, $0) }

# The crashed thread, by gdb if it is there (.ci/backtrace), else by Swift, which may see its last frame alone.
/^Crashed, by gdb:/ { frames = "gdb"; next }
/^Thread .* crashed:/ { frames = "swift"; next }
/^(Thread|Registers|Images)/ { frames = "" }
frames == "gdb" && /^#/ { keep("gdb", 20, $0); next }
frames == "swift" && /^ *[0-9]+ .* in / { keep("swift", 20, $0); next }

/✘ .*recorded an issue/ { keep("issue", 14, $0); inIssue = 1; next }
inIssue && /^ *↳/ { keep("issue", 14, $0); next }
{ inIssue = 0 }
/✘ Test run with/ { keep("run", 2, $0) }

/Fatal error|Simultaneous accesses|(Previous|Current) access|Segmentation fault|^make: |([^a-z]|^)error: |timed out/ {
    keep("message", 8, $0)
}

END {
    show("message")
    show("crash")
    show(count["gdb"] ? "gdb" : "swift")
    show("issue")
    show("run")
    if (!count["message"] && !count["crash"] && !count["issue"]) for (i = 1; i <= 3; i++) print "  " last[(NR + i) % 3]
    # When nothing crashed all of them came to their end.
    if (starts && (crashed || !count["run"])) {
        print "  test cases started last:"
        for (i = starts > 5 ? starts - 4 : 1; i <= starts; i++) print "  " substr(started[i], 1, 240)
    }
}
