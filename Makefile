# What a developer types. .ci/run calls the same targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Where SwiftPM builds, and where `make install` puts things; DESTDIR goes in front.
BUILD ?= .build
PREFIX ?= /usr/local
DESTDIR ?=
# Whom root's tests run as once more: any id without an account.
TEST_USER ?= 4321
# How long make fuzz goes on.
FUZZ_SECONDS ?= 60
# More flags for every `swift build` and `swift test`, as in: make test SWIFT_FLAGS='-j 1'.
SWIFT_FLAGS ?=

RELEASE := $(BUILD)/release/sbxpipe
SWIFTPM = --scratch-path '$(BUILD)' $(SWIFT_FLAGS)
# How the release is linked: statically where that can be, since it starts in half the time. LINK= asks for shared
# libraries. LLVM's linker leaves out glibc's warnings about getpwnam, which code of swift-crypto's links and nobody calls.
LINK ?= $(shell $(static-flags))
# Flags for speed alone, of the release.
SPEED ?= $(shell $(metadata-flags))

# By Debian's names.
PACKAGES := bubblewrap libarchive-dev libjson-c-dev libseccomp-dev libzstd-dev pkg-config zlib1g-dev
TEST_PACKAGES := $(PACKAGES) asciinema bindfs crun docker-registry file less podman python3-jsonschema python3-pyte runc runsc \
    skopeo strace tini tmux uidmap umoci valgrind zstd

# Installs what dpkg does not know as installed; says how where that takes somebody else.
define packages
@if ! command -v dpkg-query >/dev/null; then \
    echo "make: no dpkg-query here; needed, by Debian's names: $(1)" >&2; exit 0; fi; \
missing=; for name in $(1); do \
    dpkg-query -W -f '$${db:Status-Status}\n' $$name 2>/dev/null | grep -qx installed || missing+=" $$name"; done; \
if [[ -z $$missing ]]; then exit 0; fi; \
if [[ $$(id -u) != 0 ]]; then \
    echo "make: packages are missing; as root: apt-get install$$missing" >&2; exit 1; fi; \
echo "installing$$missing"; \
export DEBIAN_FRONTEND=noninteractive; \
get="apt-get install -y -qq --no-install-recommends$$missing"; \
$$get </dev/null || { apt-get update -qq && $$get </dev/null; }
endef

# Runs the built tests as TEST_USER, without SwiftPM, which would write to the build folder.
define test-as-user
@if [[ $$(id -u) != 0 ]]; then exit 0; fi; \
tests=$$(realpath '$(BUILD)/debug/sbxpipePackageTests.xctest'); \
become='setpriv --reuid $(TEST_USER) --regid $(TEST_USER) --clear-groups --inh-caps=-all --'; \
if ! $$become test -x "$$tests"; then \
    echo "note: user $(TEST_USER) can't read $$tests: no tests as that user"; exit 0; fi; \
home=$$(mktemp -d); trap "rm -rf '$$home'" EXIT; chown $(TEST_USER):$(TEST_USER) "$$home"; \
echo 'once more, as user $(TEST_USER)'; \
$$become env -u XDG_CACHE_HOME -u XDG_STATE_HOME -u XDG_RUNTIME_DIR HOME="$$home" "$$tests" --testing-library swift-testing
endef

# Runs the program that uses the library, on a project and with a store of its own.
define agent-loop
@echo 'the example agent-loop'; work=$$(mktemp -d); trap "rm -rf '$$work'" EXIT; \
mkdir "$$work/home" "$$work/project"; echo 'KEY=abc' >"$$work/project/.env"; \
env -u XDG_CACHE_HOME -u XDG_STATE_HOME HOME="$$work/home" SBXPIPE_STORE="$$work/store" \
    '$(BUILD)/debug/agent-loop' "$$work/project"
endef

# Prints the flags of a static link when Swift's libraries, libarchive, what it compresses with, json-c and libseccomp are all
# there as archives.
define static-flags
set +e; swift=$$(swift -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p'); \
for library in libarchive json-c libseccomp; do \
    [[ -e $$(pkg-config --variable=libdir $$library)/lib$${library#lib}.a ]] || exit 0; done; \
for library in z zstd; do [[ -e $$(pkg-config --variable=libdir libarchive)/lib$$library.a ]] || exit 0; done; \
[[ -d $${swift}_static ]] || exit 0; \
echo -Xswiftc -static-executable -Xlinker -lz -Xlinker -lzstd; \
[[ ! -x $$swift/../../bin/ld.lld ]] || echo -Xswiftc -use-ld=lld
endef

# Prints the flag with which the metadata of generic types are called for and not looked up by name, where the compiler
# has it: each first look-up goes through all conformances of the program, a seventh of what exec does by itself.
define metadata-flags
set +e; flag=-disable-concrete-type-metadata-mangled-name-accessors; \
[[ $$(swiftc -frontend -help-hidden 2>/dev/null) != *"$$flag"* ]] || echo "-Xswiftc -Xfrontend -Xswiftc $$flag"
endef

.PHONY: help demo release debug test soak fuzz docs bench bench-store lint format install clean clean-store deps test-deps swift

help: ## list these targets
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(firstword $(MAKEFILE_LIST)) | while IFS=$$'\t' read -r target what; do \
	    printf 'make %-12s %s\n' "$$target" "$$what"; done

demo: release ## install what is missing, build the release, lint these sources in a sandbox
	@examples/lint/demo.sh '$(RELEASE)'

release: deps ## build the release, a static executable where the libraries for it are there
	@flags='$(LINK)'; [[ -n $$flags ]] || echo 'note: linked with shared libraries'; \
	echo "building $(RELEASE); the first time takes minutes"; \
	swift build -c release --product sbxpipe $(SWIFTPM) $$flags $(SPEED)

debug: test-deps ## build all, the tests too
	swift build --build-tests $(SWIFTPM)

test: debug ## run all tests; root runs them once more as an ordinary user
	swift test --skip-build $(SWIFTPM)
	$(test-as-user)
	$(agent-loop)

soak: debug ## a minute of writers, readers and gc, 60 kills each, every damage and injected error; takes half an hour
	SBXPIPE_LONG_TESTS=1 swift test --skip-build $(SWIFTPM) \
	    --filter 'StoreConcurrency|StoreKill|StoreInjectedError|StoreLimit|DamagedObject|DamagedRecord'

fuzz: debug ## a minute of bundles with random damage, the same in each run
	SBXPIPE_FUZZ_SECONDS=$(FUZZ_SECONDS) swift test --skip-build $(SWIFTPM) --filter MutatedBundleTests

docs: deps ## make the library's documentation; fails on a warning
	swift package $(SWIFTPM) generate-documentation --target SandboxPipeline --target ContentAddressing \
	    --warnings-as-errors

bench: release ## compare the release with the bare launcher
	python3 Benchmarks/run.py '$(RELEASE)'
	python3 Benchmarks/reuse.py '$(RELEASE)'
	python3 Benchmarks/small_runs.py '$(RELEASE)'
	python3 Benchmarks/captures.py '$(RELEASE)' --count 3

bench-store: release ## compare a store of 20,000 runs with one of ten; takes minutes
	python3 Benchmarks/many_runs.py '$(RELEASE)'

lint: swift ## check format and naming
	swift format lint --strict --recursive --parallel Package.swift Sources Tests examples

format: swift ## format in place
	swift format format --in-place --recursive --parallel Package.swift Sources Tests examples

install: ## put sbxpipe into DESTDIR/PREFIX/bin; builds it when it is not built
	@test -x '$(RELEASE)' || $(MAKE) release
	install -d '$(DESTDIR)$(PREFIX)/bin'
	install -s -m 0755 '$(RELEASE)' '$(DESTDIR)$(PREFIX)/bin/sbxpipe'

clean: ## delete what was built
	rm -rf '$(BUILD)'

clean-store: ## delete what runs left in this checkout's store
	find cache -mindepth 1 -maxdepth 1 ! -name CACHEDIR.TAG -exec rm -rf {} +
	find stages -mindepth 1 -maxdepth 1 ! -name README.md ! -name contracts -exec rm -rf {} +

deps: swift ## install what building and running need
	$(call packages,$(PACKAGES))

test-deps: swift ## install what the tests need
	$(call packages,$(TEST_PACKAGES))

swift:
	@command -v swift >/dev/null || { \
	    echo 'make: swift is not on PATH; Swift 6.2 or newer is needed: https://www.swift.org/install' >&2; exit 1; }
