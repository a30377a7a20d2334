# SPDX-License-Identifier: GPL-3.0-or-later
# stepdown: build, install, demo, check.  Adding a file edits no list here.
#
#   make              programs in build/bin/
#   make demo         the main job on the shipped datasets (installs what is missing)
#   make check        all tests (installs what is missing); SAN=1 with sanitizers, in a tree of its own
#   make bench-ingest how fast ingest is, beside fread and DuckDB
#   make check-mutations   100,000 mutated source files instead of some thousand; SAN=1 as well
#   make check-formats     10,000 mutated files of SAS, Stata and SPSS; fields of 100 MB, a line of 1 GB; SAN=1 as well
#   make check-attack      1,000 made-up releases and 1,000 random studies attacked; BUNDLES=, FIRST= a seed
#   make check-compilers   the same results by gcc -O0 to -O3 and by clang (needs clang)
#   make check-laws        8 laws on 1,000 random studies each: shuffled, split, renamed, ...; LAWS=, FIRST= a seed
#   make check-faults      every n-th write, fsync, rename, close, open, allocation fails; 1,000 kills a stage; bits flip; SOME=, KILLS=, FLIPS=
#   make fuzz SECONDS=60   libFuzzer on every target (needs clang)          make coverage  of stats/, with a gate (needs lcov)
#   make analyse      what gcc -fanalyzer, clang-tidy and cppcheck find and nobody has explained; SOME= files of all
#   make check-histories   a million random treatment histories against a slow implementation
#   make reproduce    every published number of the shipped studies, recomputed (installs what is missing)
#   make bench        how fast it is, against the goals; bench-episodes: from stays to a cohort, against R
#   make check-r-survival  fresh random data against R; SETS=10000 for the whole campaign, SEED= for a known one
#   make check-web    every page in a real browser: 320 to 1440 pixels, light and dark, accessibility, filters, keyboard
#   make MPI=1        the cluster build in build/mpi/ (needs scripts/dependencies --mpi); check-mpi tests it,
#                     bench-scale measures it
#   make bench-large  fifty million stays on this machine: memory, and time a stay
#   make install      PREFIX=/usr/local DESTDIR=
#   make clean        V=1 shows whole commands

ifeq ($(origin CC),default)
CC := gcc
endif
PREFIX  ?= /usr/local
DESTDIR ?=
SAN     ?=
MPI     ?=
WERROR  ?=

# One short line a step; V=1 shows the commands.
Q   := $(if $(V),,@)
say  = @$(if $(V),:,printf '  %-4s %s\n' $(1) '$@')

BUILD := build$(if $(findstring clang,$(CC)),/clang)$(if $(SAN),/san)$(if $(FUZZ),/fuzz)$(if $(COVERAGE),/coverage)$(if $(MPI),/mpi)$(if $(OPT),/$(OPT))

.DELETE_ON_ERROR:
.SECONDARY:
MAKEFLAGS += --no-builtin-rules

.PHONY: all demo check check-faults check-web check-r-survival check-mutations check-formats check-histories bench bench-episodes bench-compare check-coverage bench-ingest bench-programs install clean man tests run-demo run-check FORCE
all:

# ---- doors that must open on a machine with only git and make -----------------------------------

demo:
	scripts/dependencies
	+$(MAKE) run-demo SAN=$(SAN)

check:
	scripts/dependencies
	+$(MAKE) run-check SAN=$(SAN) WERROR=-Werror

.PHONY: reproduce
reproduce:
	scripts/dependencies
	+$(MAKE) all
	@BUILD=$(BUILD) scripts/reproduce

check-r-survival:
	scripts/dependencies
	+$(MAKE) tests SAN=$(SAN)
	BUILD=$(BUILD) scripts/check-r-survival $(SETS) $(SEED)

check-web:
	scripts/dependencies --web
	+$(MAKE) all
	BUILD=$(BUILD) scripts/check-web

clean:
	rm -rf build

# ---- flags: probed once a tree, compile and link apart ------------------------------------------

ifneq ($(filter-out demo check check-web check-mpi bench-scale reproduce check-r-survival clean,$(or $(MAKECMDGOALS),all)),)
include $(BUILD)/flags.mk
endif

$(BUILD)/flags.mk: scripts/probe-flags
	@mkdir -p $(@D)
	@scripts/probe-flags '$(CC)' '$(SAN)' > $@

ifneq ($(MPI),)
ifneq ($(shell pkg-config --exists ompi-c hdf5-openmpi && echo yes),yes)
$(error The cluster build needs MPI and parallel HDF5, which are not installed here: scripts/dependencies --mpi (packages: openmpi-bin libopenmpi-dev libhdf5-openmpi-dev))
endif
endif

VERSION := $(shell cat VERSION 2>/dev/null)
COMMIT  := $(shell git rev-parse --short=12 HEAD 2>/dev/null || echo unknown)

WARN     := -Wall -Wextra -Wformat=2 -Wconversion -Wimplicit-fallthrough -Wstrict-prototypes -Wmissing-prototypes \
            -Werror=format-security $(WERROR)
CPPFLAGS_ALL = -D_GNU_SOURCE -Ipipeline -I. $(CPPFLAGS)
CFLAGS_ALL   = -std=gnu17 -g $(HARDEN_CFLAGS) $(WARN) $(if $(FUZZ),-fsanitize=fuzzer-no-link) $(COVERAGE_FLAGS) $(CFLAGS) $(if $(OPT),-$(OPT) -U_FORTIFY_SOURCE)
LDFLAGS_ALL  = $(HARDEN_LDFLAGS) -Wl,--as-needed $(COVERAGE_FLAGS) $(LDFLAGS)
# Coverage is counted without optimisation, which would merge branches.
COVERAGE_FLAGS = $(if $(COVERAGE),-O0 -U_FORTIFY_SOURCE -DSTEPDOWN_COVERAGE --coverage -fprofile-update=atomic)

# A library's flags reach only the folder that may include it.
pkg_cflags = $(shell pkg-config --cflags $(1) 2>/dev/null)
pkg_libs   = $(shell pkg-config --libs $(1) 2>/dev/null)
# A cluster build reads and writes with parallel HDF5 alone: two builds of one library do not fit into a process.
HDF5 := $(if $(MPI),hdf5-openmpi,hdf5-serial)
$(BUILD)/pipeline/store/%.o:       CPPFLAGS += $(call pkg_cflags,$(HDF5))
$(BUILD)/pipeline/report/%.o:      CPPFLAGS += $(call pkg_cflags,libxml-2.0)
$(BUILD)/tests/pipeline/report/%.o: CPPFLAGS += $(call pkg_cflags,libxml-2.0)
$(BUILD)/tests/pipeline/store/%.o: CPPFLAGS += $(call pkg_cflags,$(HDF5))
$(BUILD)/tests/pipeline/verify/test_tamper.o $(BUILD)/tests/fuzz/fuzz_tables.o: CPPFLAGS += $(call pkg_cflags,$(HDF5))
# What differs between one process and many is one file in base/, one in stepdown/ (base/ranks.h), and in store/ how ranks write
# a file together (store/collective.h): the seams.
SEAM := $(if $(MPI),mpi,one)
$(BUILD)/pipeline/base/mpi/%.o:    CPPFLAGS += $(call pkg_cflags,ompi-c)
# Folders through which every record goes are worth the compiler's longer thought: a quarter of their time, a twentieth of that of stats/.
ifeq ($(SAN)$(COVERAGE),)
$(foreach f,pipeline/base pipeline/store pipeline/ingest pipeline/episodes pipeline/cohort pipeline/outcomes pipeline/compare stats,$(eval $(BUILD)/$f/%.o: CFLAGS += -O3))
endif
# Nobody reads errno after a square root or a rounding; without it they are one instruction each.
$(BUILD)/stats/%.o:                CFLAGS   += $(OPENMP) -fno-math-errno
STATS_LIBS = $(call pkg_libs,gsl) $(OPENMP) -lm
LIBS       = $(call pkg_libs,$(HDF5) libxml-2.0 yaml-0.1 libcrypto jansson zlib) -ldeflate -lcsv -lreadstat -lglpk -lpthread $(STATS_LIBS)

# ---- objects mirror folders; header dependencies by the compiler ---------------------------------

$(BUILD)/%.o: %.c $(BUILD)/flags.mk
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<

# A script of a page becomes a constant: one C string a line.
$(BUILD)/pipeline/report/%_script.c: pipeline/report/%.js
	@mkdir -p $(@D)
	$(Q){ printf '#include "report/%s.h"\nconst char %s_script[] =\n' $* $*; \
	    sed '/^ *\/\//d; s/\\/\\\\/g; s/"/\\"/g; s/^/    "/; s/$$/\\n"/' $<; echo ';'; } > $@
$(BUILD)/pipeline/report/%_script.o: $(BUILD)/pipeline/report/%_script.c $(BUILD)/flags.mk
	$(call say,CC)
	$(Q)$(CC) $(CPPFLAGS_ALL) $(CFLAGS_ALL) -MMD -MP -c -o $@ $<
report_SCRIPTS := $(patsubst %.js,$(BUILD)/%_script.o,$(wildcard pipeline/report/*.js))

# The only object that knows the commit is made again when the commit changes.
$(BUILD)/commit: FORCE
	@mkdir -p $(@D)
	@echo '$(VERSION) $(COMMIT)' | cmp -s - $@ || echo '$(VERSION) $(COMMIT)' > $@
$(BUILD)/pipeline/base/version.o: $(BUILD)/commit
$(BUILD)/pipeline/base/version.o: CPPFLAGS += -DSTEPDOWN_VERSION='"$(VERSION)"' -DSTEPDOWN_COMMIT='"$(COMMIT)"'

FOLDERS  := stepdown simulate fit sites verify report compare outcomes cohort episodes ingest store study base
FOLDERS  := $(foreach f,$(FOLDERS),$(if $(wildcard pipeline/$f/*.c),$f))
PROGRAMS := $(foreach f,$(FOLDERS),$(if $(wildcard pipeline/$f/main.c),$f))
program   = $(BUILD)/bin/$(if $(filter stepdown,$(1)),stepdown,stepdown-$(1))

define folder_rules
$(1)_OBJECTS := $$(patsubst %.c,$$(BUILD)/%.o,$$(filter-out pipeline/$(1)/main.c,$$(wildcard pipeline/$(1)/*.c pipeline/$(1)/$$(SEAM)/*.c)))
$$(BUILD)/lib/$(1).a: $$($(1)_OBJECTS) $$($(1)_SCRIPTS)
endef
$(foreach f,$(FOLDERS),$(eval $(call folder_rules,$f)))

STATS_OBJECTS := $(patsubst %.c,$(BUILD)/%.o,$(wildcard stats/*.c))
$(BUILD)/lib/stats.a: $(STATS_OBJECTS)

$(BUILD)/lib/%.a:
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)
	$(Q)ar rcsD $@ $^

# Left-hand folders come last on the link line, so that a stage can only reach to its left.
PIPELINE_LIBS := $(patsubst %,$(BUILD)/lib/%.a,$(FOLDERS))

# In the cluster build the stages that are spread over ranks are part of the front door (stepdown/launch.h).
ifneq ($(MPI),)
LIBS += $(call pkg_libs,ompi-c)
stepdown_STAGES := $(foreach f,ingest episodes cohort outcomes compare,$(BUILD)/pipeline/$f/stage.o)
$(BUILD)/pipeline/%/stage.o: $(BUILD)/pipeline/%/main.o
	$(Q)objcopy --redefine-sym main=stage_main_$* $< $@
endif

define program_rules
$(call program,$(1)): $$(BUILD)/pipeline/$(1)/main.o $$($(1)_STAGES) $$(PIPELINE_LIBS) $$(BUILD)/lib/stats.a
	@mkdir -p $$(@D)
	$$(call say,LINK)
	$$(Q)$$(CC) $$(CFLAGS_ALL) $$(LDFLAGS_ALL) -o $$@ $$^ $$(LIBS)
endef
$(foreach f,$(PROGRAMS),$(eval $(call program_rules,$f)))

$(BUILD)/share/stepdown:
	@mkdir -p $(@D)
	@ln -sfn $(CURDIR) $@

# What gnuplot is given to pack its PNGs with (report/gnuplot.h): part of a foreign process, so without sanitizers.
CAIRO_PNG := $(BUILD)/lib/stepdown/cairo_png.so
$(CAIRO_PNG): pipeline/report/preload/cairo_png.c $(foreach f,report/png_pack report/pixel_deflate store/deflate_block,pipeline/$f.c pipeline/$f.h)
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O3 -g -fPIC -shared -fvisibility=hidden $(WARN) -Ipipeline \
	    -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack -o $@ $(filter %.c,$^) -ldeflate

all: $(foreach f,$(PROGRAMS),$(call program,$f)) $(CAIRO_PNG) $(BUILD)/share/stepdown man

# ---- manual pages, made from docs/man/*.md ---------------------------------------------------------

MAN_PAGES := $(patsubst docs/man/%.md,$(BUILD)/man/%,$(wildcard docs/man/*.md))
man: $(MAN_PAGES)
$(BUILD)/man/%: docs/man/%.md scripts/man-page VERSION
	@mkdir -p $(@D)
	@scripts/man-page $< $(VERSION) > $@

# ---- tests ------------------------------------------------------------------------------------------

TEST_SOURCES := $(sort $(shell find tests -name 'test_*.c' 2>/dev/null))
TEST_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(TEST_SOURCES))
TEST_SUPPORT := $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/support/*.c))
TEST_SCRIPTS := $(sort $(shell find tests -name 'test_*.sh' 2>/dev/null))

# Allocations that fail in turn are those of this program alone (tests/stats/short_memory.h).
SHORT_MEMORY := $(foreach t,$(TEST_PROGRAMS),$(if $(findstring /test_out_of_memory,$(t)),$(t)))
$(SHORT_MEMORY): LDFLAGS += -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=reallocarray,--wrap=free
$(SHORT_MEMORY): $(BUILD)/tests/stats/short_memory.o
$(filter $(BUILD)/tests/stats/test_places%,$(TEST_PROGRAMS)): $(BUILD)/tests/stats/places.o
$(BUILD)/tests/pipeline/base/test_progress: LDFLAGS += -Wl,--wrap=clock_gettime

# Tests of stats/ link no HDF5 and no pipeline: the layering holds.
$(BUILD)/tests/stats/%: $(BUILD)/tests/stats/%.o $(TEST_SUPPORT) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(TEST_LINKER) -o $@ $^ $(call pkg_libs,cmocka) $(STATS_LIBS)
$(BUILD)/tests/pipeline/%: $(BUILD)/tests/pipeline/%.o $(TEST_SUPPORT) $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(TEST_LINKER) -o $@ $^ $(call pkg_libs,cmocka) $(LIBS)

# What makes calls fail, and counts what becomes of it (scripts/check-faults).
FAULTS := $(BUILD)/tests/faults/fail_call.so $(BUILD)/tests/faults/campaign
$(BUILD)/tests/faults/fail_call.so: tests/faults/fail_call.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -g -fPIC -shared $(WARN) -o $@ $<
$(BUILD)/tests/faults/campaign: tests/faults/campaign.c
	@mkdir -p $(@D)
	$(call say,LINK)
	$(Q)$(CC) -std=gnu17 -D_GNU_SOURCE -O1 -g $(WARN) -o $@ $<

# What sends random studies through the pipeline and attacks their releases (scripts/check-attack).
ATTACK := $(BUILD)/tests/attack/campaign
$(ATTACK): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/attack/*.c)) $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

# What sends random studies through the pipeline, as they are and changed (make check-laws).
LAWS_CAMPAIGN := $(BUILD)/tests/laws/campaign
$(LAWS_CAMPAIGN): $(patsubst %.c,$(BUILD)/%.o,$(wildcard tests/laws/*.c)) $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)

# Fuzz targets: with a plain main for `make check`, with libFuzzer for `make fuzz` (a tree and a compiler of its own).
FUZZ_TARGETS := $(patsubst tests/fuzz/%.c,%,$(wildcard tests/fuzz/fuzz_*.c))
FUZZ_REPLAYS := $(FUZZ_TARGETS:%=$(BUILD)/tests/fuzz/%)
FUZZ_MAIN    := $(if $(FUZZ),,$(BUILD)/tests/fuzz/replay.o)
$(BUILD)/tests/fuzz/fuzz_%: $(BUILD)/tests/fuzz/fuzz_%.o $(BUILD)/tests/fuzz/fuzz.o $(FUZZ_MAIN) $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) $(if $(FUZZ),-fsanitize=fuzzer) -o $@ $^ $(LIBS)

SECONDS ?= 60
fuzz: all
	@BUILD=$(BUILD) scripts/fuzz-corpus build/fuzz-corpus
	+@$(MAKE) fuzz-targets CC=clang SAN=1 FUZZ=1
	@BUILD=build/clang/san/fuzz scripts/fuzz $(SECONDS) build/fuzz-corpus
fuzz-targets: $(FUZZ_REPLAYS)

# What analysers find that scripts/analysis-explained does not explain; SOME=32: in about so many files.
.PHONY: analyse
analyse:
	@BUILD=$(BUILD) scripts/analyse $(if $(filter-out 0,$(SOME)),--some $(SOME))

tests: $(TEST_PROGRAMS) $(FAULTS) $(ATTACK) $(LAWS_CAMPAIGN) $(FUZZ_REPLAYS)

run-check: all tests
	@BUILD=$(BUILD) scripts/run-tests $(TEST_PROGRAMS) $(TEST_SCRIPTS)

MUTATIONS ?= 100000
check-mutations: $(BUILD)/tests/pipeline/ingest/test_mutations $(BUILD)/tests/pipeline/ingest/test_typist
	@for test in $^; do STEPDOWN_MUTATIONS=$(MUTATIONS) $$test || exit 1; done

check-formats: $(BUILD)/tests/pipeline/ingest/test_stat_spool $(BUILD)/tests/pipeline/ingest/test_corpus_generated all
	@FULL=1 $<
	@FULL=1 $(BUILD)/tests/pipeline/ingest/test_corpus_generated

# The same results by every optimisation and another compiler: a tree each (OPT=O0 and so on alone builds one).
.PHONY: check-compilers
check-compilers: all
	+@for opt in O0 O1 O3; do $(MAKE) all OPT=$$opt || exit; done
	+@$(MAKE) all CC=clang
	@BUILD=$(BUILD) sh tests/whole/test_determinism.sh
	@BUILD=$(BUILD) scripts/check-compilers $(STUDIES)

.PHONY: check-attack
BUNDLES ?= 1000
check-attack: all $(BUILD)/tests/pipeline/report/test_attack $(BUILD)/tests/pipeline/report/test_release_curves $(ATTACK)
	@STEPDOWN_CURVES=500 $(BUILD)/tests/pipeline/report/test_release_curves
	@STEPDOWN_BUNDLES=$(BUNDLES) $(BUILD)/tests/pipeline/report/test_attack
	@BUILD=$(BUILD) scripts/check-attack $(BUNDLES) $(FIRST)

.PHONY: check-laws
LAWS ?= 1000
check-laws: all $(LAWS_CAMPAIGN)
	@BUILD=$(BUILD) scripts/check-laws $(LAWS) $(FIRST)

SOME ?= 0
FLIPS ?= 10000
check-faults: all $(FAULTS) $(BUILD)/tests/pipeline/store/test_store_faults
	@STEPDOWN_FLIPS=$(FLIPS) $(BUILD)/tests/pipeline/store/test_store_faults
	@BUILD=$(BUILD) scripts/check-faults $(SOME) $(or $(KILLS),1000) $(or $(ROUNDS),200) $(FLIPS)
# Coverage, bias and errors of verdicts of every adjustment on 2,000 simulated studies; docs/coverage.md keeps what it prints.
# STUDIES=200: fewer of them, with wider limits.
COVERAGE_TESTS := $(patsubst %.c,$(BUILD)/%,$(wildcard tests/pipeline/compare/test_coverage*.c))
.PHONY: $(COVERAGE_TESTS:%=%.full)
check-coverage: $(COVERAGE_TESTS:%=%.full)
$(COVERAGE_TESTS:%=%.full): %.full: %
	@FULL=1 $< > $@.txt; status=$$?; cat $@.txt; exit $$status

# The cluster build against the ordinary one, on 1, 2, 3, 4 and 8 ranks; faults.
.PHONY: check-mpi bench-scale
check-mpi:
	scripts/dependencies --mpi
	+$(MAKE) all
	+$(MAKE) MPI=1 all mpi-tests
	@BUILD=build/mpi ALONE=build scripts/run-tests $(sort $(wildcard tests/mpi/check_*.sh))

# What several ranks are made to do; functions of the C library that it replaces are those that libraries find.
.PHONY: mpi-tests
mpi-tests: $(BUILD)/tests/mpi/write_rows
$(BUILD)/tests/mpi/%: $(BUILD)/tests/mpi/%.o $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(call say,LINK)
	$(Q)$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -rdynamic -o $@ $^ $(LIBS)

bench-scale:
	scripts/dependencies --mpi
	+$(MAKE) MPI=1 all
	@BUILD=build/mpi scripts/scale

# Fifty million stays in 6 GB, on an idle machine; PERSONS= for another number.
.PHONY: bench-large
bench-large: all
	@BUILD=$(BUILD) scripts/large $(PERSONS)

check-histories: $(BUILD)/tests/pipeline/episodes/test_link
	@$< 1000000

# Speed, measured: each script states its goal and ends with 3 when it is missed.
bench-episodes: all
	@BUILD=$(BUILD) scripts/bench-episodes

bench-compare: all $(BUILD)/scripts/bench/bench_adjust
	@BUILD=$(BUILD) scripts/bench-compare

.PHONY: bench-dashboard
bench-dashboard: all
	@BUILD=$(BUILD) scripts/bench-dashboard

# What benchmarks need besides the programs: made-up files, and parts of the pipeline alone.
BENCH_PROGRAMS := $(patsubst %.c,$(BUILD)/%,$(wildcard scripts/bench/*.c))
$(BENCH_PROGRAMS): $(BUILD)/scripts/bench/%: $(BUILD)/scripts/bench/%.o $(PIPELINE_LIBS) $(BUILD)/lib/stats.a
	$(CC) $(CFLAGS_ALL) $(LDFLAGS_ALL) -o $@ $^ $(LIBS)
bench-programs: $(BENCH_PROGRAMS)

bench-ingest: all bench-programs
	@BUILD=$(BUILD) scripts/bench-ingest

bench: all bench-programs
	@for script in scripts/bench-*; do BUILD=$(BUILD) $$script || exit; done

# Lines and branches of stats/ that its own tests reach.
coverage:
	+@$(MAKE) coverage-run COVERAGE=1
coverage-run: $(filter $(BUILD)/tests/stats/%,$(TEST_PROGRAMS))
	@BUILD=$(BUILD) scripts/coverage $^

.PHONY: fuzz fuzz-targets coverage coverage-run
.PHONY: bench-stats
bench-stats: all bench-programs
	@BUILD=$(BUILD) scripts/bench-stats

.PHONY: check-r
check-r: $(BUILD)/tests/stats/test_cox_random
	@BUILD=$(BUILD) scripts/check-r

run-demo: all
	@BUILD=$(BUILD) scripts/demo

# ---- install ------------------------------------------------------------------------------------------

install: all
	install -d '$(DESTDIR)$(PREFIX)/bin' '$(DESTDIR)$(PREFIX)/libexec/stepdown' '$(DESTDIR)$(PREFIX)/share/man/man1' \
	    '$(DESTDIR)$(PREFIX)/share/stepdown/plots' '$(DESTDIR)$(PREFIX)/lib/stepdown'
	install -m 755 $(CAIRO_PNG) '$(DESTDIR)$(PREFIX)/lib/stepdown/'
	install -m 755 $(BUILD)/bin/stepdown '$(DESTDIR)$(PREFIX)/bin/'
	install -m 755 $(filter-out $(BUILD)/bin/stepdown,$(foreach f,$(PROGRAMS),$(call program,$f))) '$(DESTDIR)$(PREFIX)/libexec/stepdown/'
	install -m 644 plots/*.gp '$(DESTDIR)$(PREFIX)/share/stepdown/plots/'
	install -m 644 $(MAN_PAGES) '$(DESTDIR)$(PREFIX)/share/man/man1/'
	install -m 644 CITATION.cff '$(DESTDIR)$(PREFIX)/share/stepdown/'
	cp -R --no-preserve=ownership datasets '$(DESTDIR)$(PREFIX)/share/stepdown/'

-include $(shell find $(BUILD)/pipeline $(BUILD)/stats $(BUILD)/tests $(BUILD)/scripts -name '*.d' 2>/dev/null)
