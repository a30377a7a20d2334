/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From a bundle to figures and a page, with a good gnuplot and with bad ones. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/output.h"
#include "report/figures.h"
#include "report/manifest.h"
#include "report/page.h"
#include "report/release.h"
#include "report/tables_csv.h"
#include "tests/pipeline/report/png_pixels.h"
#include "tests/pipeline/report/results_fixture.h"
#include "tests/support/scratch.h"

#define PAYLOAD                                                                                                        \
    "<script>alert(1)</script> `touch pwned` $(touch pwned) @x _a {/Bold b} \\n \"q\" 'q' %s %n ${HOME} | < "

struct run {
    char *folder;
    struct bundle *bundle;
    struct figures figures;
    int n_failed;
    double seconds;
};

static struct run make_with(const struct fixture *fixture, int64_t threshold, int n_processes, int limit_seconds)
{
    struct run run = {.folder = scratch_folder()};
    const char *results = scratch_path(run.folder, "results.h5"), *released = scratch_path(run.folder, "released.h5");
    const struct release_request request = {.threshold = threshold, .because = "made up"};
    struct table *provenance = chain_start("report", "0123", 7);
    struct timespec start, end;

    fixture_write(results, fixture);
    assert_int_equal(release_write(results, released, &request, provenance), 0);
    table_free(provenance);
    assert_int_equal(remove(results), 0); /* the exact numbers are not needed any more */
    run.bundle = bundle_read(released);
    assert_non_null(run.bundle);
    assert_int_equal(figures_plan(run.bundle, &run.figures), 0);
    clock_gettime(CLOCK_MONOTONIC, &start);
    run.n_failed = figures_make(run.bundle, &run.figures, run.folder, scratch_path(run.folder, "work"),
                                n_processes, limit_seconds);
    clock_gettime(CLOCK_MONOTONIC, &end);
    run.seconds = (double)(end.tv_sec - start.tv_sec) + 1e-9 * (double)(end.tv_nsec - start.tv_nsec);
    return run;
}

static struct run make(const struct fixture *fixture, int64_t threshold, int limit_seconds)
{
    return make_with(fixture, threshold, 2, limit_seconds);
}

/* Pages, tables and manifest. */
static void finish(struct run *run)
{
    struct answer answer = answer_find(run->bundle);
    size_t length = 0;
    char *page = page_make(run->bundle, &run->figures, &answer, &length);

    assert_non_null(page);
    scratch_write(scratch_path(run->folder, "report.html"), page);
    free(page);
    page = page_review(run->bundle, &length);
    assert_non_null(page);
    scratch_write(scratch_path(run->folder, "review.html"), page);
    free(page);
    assert_int_equal(tables_csv_write(run->bundle, run->folder), 0);
    assert_int_equal(manifest_write(run->bundle, &run->figures, run->folder), 0);
}

static void end(struct run *run)
{
    figures_free(&run->figures);
    bundle_free(run->bundle);
    scratch_remove(run->folder);
}

/* A gnuplot of our own in front of PATH; script NULL: none at all. Returns the folder. */
static char *with_gnuplot(const char *script, char **old_path)
{
    char *folder = scratch_folder();

    *old_path = strdup(getenv("PATH"));
    if (script != NULL) {
        scratch_write(scratch_path(folder, "gnuplot"), script);
        assert_int_equal(chmod(scratch_path(folder, "gnuplot"), 0700), 0);
    }
    setenv("PATH", folder, 1);
    return folder;
}

static void without_gnuplot(char *folder, char *old_path)
{
    setenv("PATH", old_path, 1);
    free(old_path);
    scratch_remove(folder);
}

static bool is_there(const struct run *run, const char *name)
{
    return access(scratch_path(run->folder, name), F_OK) == 0;
}

/* The bytes of all text files of a release, one after the other; caller frees. */
static char *all_text(const struct run *run)
{
    static const char *const folders[] = {"", "figures", "tables"};
    char *all = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&all, &length);

    for (size_t i = 0; i < 3; i++) {
        char *folder = strdup(scratch_path(run->folder, folders[i]));
        DIR *directory = opendir(folder);

        for (struct dirent *entry; directory != NULL && (entry = readdir(directory)) != NULL;) {
            const char *dot = strrchr(entry->d_name, '.');
            char *text;

            if (dot == NULL || (strcmp(dot, ".svg") != 0 && strcmp(dot, ".csv") != 0 && strcmp(dot, ".html") != 0 &&
                                strcmp(dot, ".json") != 0))
                continue;
            text = scratch_read(scratch_path(folder, entry->d_name));
            assert_non_null(text);
            fputs(text, stream);
            free(text);
        }
        if (directory != NULL)
            closedir(directory);
        free(folder);
    }
    fclose(stream);
    return all;
}

static void test_draws_every_figure_in_all_formats_and_leaves_no_litter(void **state)
{
    static const char *const names[] = {"curves-relapse", "differences", "risks", "attrition"};
    static const char *const endings[] = {".svg", ".pdf", ".png", "-narrow.svg", "-narrow.pdf", "-narrow.png"};
    struct run run = make(&(struct fixture){.label = NULL}, 0, 60);
    char name[64];

    (void)state;
    assert_int_equal(run.n_failed, 0);
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 6; k++) {
            snprintf(name, sizeof name, "figures/%s%s", names[i], endings[k]);
            assert_true(is_there(&run, name));
        }
    assert_int_equal(scratch_count(scratch_path(run.folder, "work")), 0);
    finish(&run);
    assert_true(manifest_is_whole(run.folder));
    scratch_write(scratch_path(run.folder, "figures/risks.svg"), "<svg/>");
    assert_false(manifest_is_whole(run.folder));
    end(&run);
}

static void test_two_runs_write_the_same_bytes(void **state)
{
    struct run one = make(&(struct fixture){.label = NULL}, 0, 60), two = make(&(struct fixture){.label = NULL}, 0, 60);
    char *first, *second;

    (void)state;
    finish(&one);
    finish(&two);
    /* The manifest holds the SHA-256 of every file, those that are not text too. */
    first = scratch_read(scratch_path(one.folder, "manifest.json"));
    second = scratch_read(scratch_path(two.folder, "manifest.json"));
    assert_string_equal(first, second);
    assert_null(strstr(first, "/tmp"));
    free(first);
    free(second);
    end(&one);
    end(&two);
}

static void test_labels_are_inert_everywhere(void **state)
{
    const struct fixture fixture = {.label = PAYLOAD, .title = "=cmd()|" PAYLOAD, .registered = "@SUM(1+1) " PAYLOAD};
    struct run run = make(&fixture, 0, 60);
    static const char *const marked_up[] = {"report.html", "figures/risks.svg", "figures/differences-narrow.svg"};
    char *all, *csv;

    (void)state;
    assert_int_equal(run.n_failed, 0);
    finish(&run);
    assert_int_not_equal(access("pwned", F_OK), 0);
    assert_false(is_there(&run, "pwned"));
    for (size_t i = 0; i < 3; i++) {
        char *text = scratch_read(scratch_path(run.folder, marked_up[i]));

        assert_null(strstr(text, "<script"));
        assert_non_null(strstr(text, "&lt;script&gt;alert(1)"));
        free(text);
    }
    all = all_text(&run);
    /* The label is still there as text: in the figure, sign for sign. */
    assert_non_null(strstr(all, "`touch pwned` $(touch pwned) @x _a {/Bold b} \\n"));
    free(all);
    csv = scratch_read(scratch_path(run.folder, "tables/study.csv"));
    assert_non_null(strstr(csv, "'=cmd()|"));
    assert_non_null(strstr(csv, "'@SUM(1+1)"));
    assert_non_null(strstr(csv, "'=level == 'iop'"));
    free(csv);
    csv = scratch_read(scratch_path(run.folder, "tables/baseline.csv"));
    assert_non_null(strstr(csv, ",'-f,"));
    free(csv);
    csv = scratch_read(scratch_path(run.folder, "tables/estimates.csv"));
    assert_non_null(strstr(csv, ",-0.2817335,")); /* numbers stay numbers */
    free(csv);
    end(&run);
}

static void test_hidden_counts_are_nowhere_in_the_folder(void **state)
{
    static const char *const traces[] = {"61387",  "61,387", "0.122774",     "12.2774",       "12.3 ",
                                         "0.2817", "28.2",   "41213",        "41,213",        "73421",
                                         "73,421", "14.68",  "people.csv\"", "/home/somebody"};
    struct run exact = make(&(struct fixture){.label = NULL}, 0, 60),
               run = make(&(struct fixture){.label = NULL}, 100000, 60);
    char *all, *everything;

    (void)state;
    finish(&exact);
    finish(&run);
    everything = all_text(&exact);
    all = all_text(&run);
    for (size_t i = 0; i < sizeof traces / sizeof traces[0]; i++) {
        if (i < 12 && strstr(everything, traces[i]) == NULL && strchr(traces[i], ',') == NULL && i != 3 && i != 11)
            fail_msg("'%s' would not be seen even if it were there", traces[i]);
        if (strstr(all, traces[i]) != NULL)
            fail_msg("'%s' is in the release", traces[i]);
    }
    assert_non_null(strstr(all, "161,803"));
    assert_non_null(strstr(all, "found for every hidden count"));
    free(all);
    free(everything);
    end(&exact);
    end(&run);
}

static void test_no_output_holds_nan(void **state)
{
    struct run run = make(&(struct fixture){.label = NULL}, 0, 60);
    char *all;

    (void)state;
    finish(&run);
    all = all_text(&run);
    for (const char *c = all; (c = strcasestr(c, "nan")) != NULL; c++)
        if ((c == all || strchr(" ,>\"(=-", c[-1]) != NULL) && strchr(" ,<\")\n", c[3]) != NULL)
            fail_msg("'%.40s' in the release", c > all + 10 ? c - 10 : c);
    assert_null(strstr(all, ",inf,"));
    assert_non_null(strstr(all, "not estimable"));
    free(all);
    end(&run);
}

/* The numbers stay, the page names the figures that failed, and the manifest keeps the folder from being current. */
static void check_failed(struct run *run)
{
    char *page;

    assert_int_equal(run->n_failed, (int)run->figures.n);
    finish(run);
    assert_false(is_there(run, "figures/risks.svg"));
    page = scratch_read(scratch_path(run->folder, "report.html"));
    assert_non_null(strstr(page, "This figure could not be drawn"));
    assert_non_null(strstr(page, "161,803 of 400,000"));
    assert_null(strstr(page, "figures/risks.svg"));
    free(page);
    assert_true(is_there(run, "tables/estimates.csv"));
    assert_false(manifest_is_whole(run->folder));
    assert_int_equal(scratch_count(scratch_path(run->folder, "work")), 0);
}

static void test_a_missing_gnuplot_fails_the_figures_only(void **state)
{
    char *old_path, *folder = with_gnuplot(NULL, &old_path);
    struct run run;

    (void)state;
    capture_start();
    run = make(&(struct fixture){.label = NULL}, 0, 60);
    assert_non_null(strstr(capture_end(), "gnuplot could not be started"));
    without_gnuplot(folder, old_path);
    check_failed(&run);
    end(&run);
}

static void test_a_failing_gnuplot_is_told_with_its_message(void **state)
{
    char *old_path, *folder = with_gnuplot("#!/bin/sh\necho 'line 7: no such terminal' >&2\nexit 3\n", &old_path);
    struct run run;
    const char *said;

    (void)state;
    capture_start();
    run = make(&(struct fixture){.label = NULL}, 0, 60);
    said = capture_end();
    assert_non_null(strstr(said, "status 3"));
    assert_non_null(strstr(said, "line 7: no such terminal"));
    assert_non_null(strstr(said, "figure 'risks' failed"));
    without_gnuplot(folder, old_path);
    check_failed(&run);
    end(&run);
}

static void test_a_hanging_gnuplot_is_ended_and_not_tried_again(void **state)
{
    char *old_path, *folder = with_gnuplot("#!/bin/sh\nwhile :; do :; done\n", &old_path);
    struct run run;

    (void)state;
    capture_start();
    run = make(&(struct fixture){.label = NULL}, 0, 1);
    assert_non_null(strstr(capture_end(), "did not end within 1 seconds"));
    without_gnuplot(folder, old_path);
    assert_true(run.seconds < 10);
    check_failed(&run);
    end(&run);
}

static void test_half_a_file_fails_its_figure(void **state)
{
    static const char *const files[] = {"*-wide.svg", "*-narrow.pdf", "*-wide.png"};
    char script[400], *real = realpath("/usr/bin/gnuplot", NULL);

    (void)state;
    if (real == NULL)
        skip();
    for (size_t i = 0; i < 3; i++) {
        char *old_path, *folder;
        struct run run;

        snprintf(script, sizeof script,
                 "#!/bin/sh\nPATH=/usr/bin:/bin\nmkdir half-$$ && cp *.tsv half-$$ && cd half-$$ && %s \"$@\" || exit\n"
                 "for f in %s; do [ ! -e $f ] || { head -c 2000 $f > $f.half && mv $f.half $f; }; done\n"
                 "rm *.tsv; mv * .. && cd .. && rmdir half-$$\n",
                 real, files[i]);
        folder = with_gnuplot(script, &old_path);
        capture_start();
        run = make(&(struct fixture){.label = NULL}, 0, 60);
        assert_non_null(strstr(capture_end(), "not whole"));
        without_gnuplot(folder, old_path);
        check_failed(&run);
        end(&run);
    }
    free(real);
}

/* The hashes of all files of a release that so many gnuplots drew; caller frees. */
static char *manifest_with(int n_processes)
{
    struct run run = make_with(&(struct fixture){.label = NULL}, 0, n_processes, 60);
    char *manifest;

    finish(&run);
    manifest = scratch_read(scratch_path(run.folder, "manifest.json"));
    end(&run);
    return manifest;
}

/* A gnuplot that cannot draw forests: alone it fails on one, among others it takes the whole list with it. */
static void check_bad_forest(const char *bad_end, const char *said)
{
    char script[400], *real = realpath("/usr/bin/gnuplot", NULL), *old_path, *folder;
    struct run run;

    if (real == NULL)
        skip();
    snprintf(script, sizeof script, "#!/bin/sh\nPATH=/usr/bin:/bin\ncase \"$*\" in *:forest:*) %s;; esac\nexec %s \"$@\"\n",
             bad_end, real);
    free(real);
    folder = with_gnuplot(script, &old_path);
    capture_start();
    run = make(&(struct fixture){.label = NULL}, 0, 1);
    assert_non_null(strstr(capture_end(), said));
    without_gnuplot(folder, old_path);
    for (size_t i = 0; i < run.figures.n; i++)
        assert_int_equal(run.figures.items[i].failed, run.figures.items[i].kind == &figure_forest);
    assert_true(run.n_failed > 0 && (size_t)run.n_failed < run.figures.n);
    finish(&run);
    assert_true(is_there(&run, "figures/risks-narrow.png"));
    assert_false(is_there(&run, "figures/differences.svg"));
    end(&run);
}

static void test_a_figure_that_fails_takes_no_other_with_it(void **state)
{
    (void)state;
    check_bad_forest("echo 'line 3: bad forest' >&2; exit 1", "on 'forest.gp': line 3: bad forest");
    check_bad_forest("kill -SEGV $$", "ended by signal 11");
}

static void test_a_figure_that_hangs_takes_no_other_with_it(void **state)
{
    (void)state;
    check_bad_forest("while :; do sleep 1; done", "did not end within 1 seconds on 'forest.gp'");
}

static void test_the_number_of_processes_changes_no_byte(void **state)
{
    char *first, *second;

    (void)state;
    first = manifest_with(1);
    second = manifest_with(5);
    assert_string_equal(first, second);
    free(first);
    free(second);
}

static struct png_pixels pixels_of(const struct run *run, const char *name)
{
    unsigned char *bytes = NULL;
    size_t length = 0;
    FILE *file = fopen(scratch_path(run->folder, name), "rb");
    struct png_pixels png;

    assert_non_null(file);
    bytes = malloc(1 << 22);
    assert_non_null(bytes);
    length = fread(bytes, 1, 1 << 22, file);
    fclose(file);
    png = png_read(bytes, length);
    free(bytes);
    return png;
}

/* With what packs PNGs taken out of its environment gnuplot packs them as it always does: other bytes, the same picture. */
static void test_pngs_packed_here_show_what_gnuplots_own_show(void **state)
{
    static const char *const names[] = {"figures/risks.png", "figures/curves-relapse-narrow.png", "figures/attrition.png"};
    struct run ours = make(&(struct fixture){.label = NULL}, 0, 60), theirs;
    char *old_path, *folder = with_gnuplot("#!/bin/sh\nunset LD_PRELOAD\nexec /usr/bin/gnuplot \"$@\"\n", &old_path);

    (void)state;
    theirs = make(&(struct fixture){.label = NULL}, 0, 60);
    without_gnuplot(folder, old_path);
    assert_int_equal(ours.n_failed + theirs.n_failed, 0);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct png_pixels one = pixels_of(&ours, names[i]), other = pixels_of(&theirs, names[i]);

        assert_false(one.has_background);
        assert_true(other.has_background);
        assert_int_equal(one.width, other.width);
        assert_int_equal(one.height, other.height);
        assert_memory_equal(one.samples, other.samples, 3 * one.width * one.height);
        free(one.samples);
        free(other.samples);
    }
    end(&ours);
    end(&theirs);
}

static void test_files_of_an_older_release_go_and_others_stay(void **state)
{
    struct run run = make(&(struct fixture){.label = NULL}, 0, 60);

    (void)state;
    finish(&run);
    scratch_write(scratch_path(run.folder, "figures/old.svg"), "<svg/>");
    scratch_write(scratch_path(run.folder, "figures/mine.txt"), "keep");
    scratch_write(scratch_path(run.folder, "manifest.json"),
                  "{\"files\": {\"figures/old.svg\": {}, \"../outside\": {}, \"tables/../../x\": {}}}");
    assert_int_equal(manifest_write(run.bundle, &run.figures, run.folder), 0);
    assert_false(is_there(&run, "figures/old.svg"));
    assert_true(is_there(&run, "figures/mine.txt"));
    manifest_remove_release(run.folder);
    assert_false(is_there(&run, "report.html"));
    assert_false(is_there(&run, "manifest.json"));
    assert_true(is_there(&run, "figures/mine.txt"));
    end(&run);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_draws_every_figure_in_all_formats_and_leaves_no_litter),
        cmocka_unit_test(test_two_runs_write_the_same_bytes),
        cmocka_unit_test(test_labels_are_inert_everywhere),
        cmocka_unit_test(test_hidden_counts_are_nowhere_in_the_folder),
        cmocka_unit_test(test_no_output_holds_nan),
        cmocka_unit_test(test_a_missing_gnuplot_fails_the_figures_only),
        cmocka_unit_test(test_a_failing_gnuplot_is_told_with_its_message),
        cmocka_unit_test(test_a_hanging_gnuplot_is_ended_and_not_tried_again),
        cmocka_unit_test(test_half_a_file_fails_its_figure),
        cmocka_unit_test(test_a_figure_that_fails_takes_no_other_with_it),
        cmocka_unit_test(test_a_figure_that_hangs_takes_no_other_with_it),
        cmocka_unit_test(test_the_number_of_processes_changes_no_byte),
        cmocka_unit_test(test_pngs_packed_here_show_what_gnuplots_own_show),
        cmocka_unit_test(test_files_of_an_older_release_go_and_others_stay),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
