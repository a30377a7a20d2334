/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "outcomes/words_command.h"

#include <argp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/memory.h"
#include "base/output.h"
#include "base/program.h"
#include "base/table_file.h"
#include "base/threads.h"
#include "outcomes/library_list.h"
#include "outcomes/word_table.h"
#include "outcomes/words_file.h"
#include "store/store.h"

enum { KEY_WORDS = 0x300, KEY_LIBRARY, KEY_DEFINITIONS, KEY_LIST, KEY_ID, KEY_WORD, KEY_FORMAT, FILES_MAX = 16 };

static const char doc[] =
    "Computes published definitions of abstinence, reduction, relapse and dropout on weekly words: a table with a row "
    "a person and a column a definition.\v"
    "A word has a symbol a week: - negative, + positive, * both, o due but missing, _ not due.\n\n"
    "Examples:\n  stepdown outcomes --words words.csv --library all\n"
    "  stepdown outcomes --words words.csv.gz --library Rs_lee_2016,Rd_fiellin_2006 -o outcomes.csv\n"
    "  stepdown outcomes --list";

static const struct argp_option option_list[] = {
    {.name = "words", .key = KEY_WORDS, .arg = "FILE", .doc = "Words: .csv, .csv.gz or file.h5:/table"},
    {.name = "library", .key = KEY_LIBRARY, .arg = "all|NAME,..", .doc = "Definitions by name (all)"},
    {.name = "definitions", .key = KEY_DEFINITIONS, .arg = "FILE.yaml", .doc = "Definitions of your own as well"},
    {.name = "list", .key = KEY_LIST, .doc = "Show the definitions, compute nothing"},
    {.name = "id", .key = KEY_ID, .arg = "COLUMN", .doc = "Column of the person (id, or the first one)"},
    {.name = "word", .key = KEY_WORD, .arg = "COLUMN", .doc = "Column of the word (word, or pattern)"},
    {.name = "format", .key = KEY_FORMAT, .arg = "text|csv|json", .doc = "How the table is printed"},
    {.name = "out", .key = 'o', .arg = "FILE", .doc = "Write .csv, .json, .txt or .h5 in place of printing"},
    {.name = "threads", .key = 'j', .arg = "N", .doc = "Work on N threads (default: all processors)"},
    {0},
};

struct request {
    const char *words, *names, *out;
    const char *files[FILES_MAX];
    size_t n_files;
    struct words_options columns;
    bool list;
    int n_threads;
    enum table_format format;
};

/* ---- the command line ------------------------------------------------------------------------------------- */

bool words_command_is_meant(int argc, char **argv)
{
    static const char *const marks[] = {"--words", "--list", "--library"};

    for (int i = 1; i < argc; i++)
        for (size_t k = 0; k < sizeof marks / sizeof marks[0]; k++) {
            const size_t length = strlen(marks[k]);
            if (strncmp(argv[i], marks[k], length) == 0 && (argv[i][length] == '\0' || argv[i][length] == '='))
                return true;
        }
    return false;
}

static bool ends_with(const char *text, const char *end)
{
    const size_t length = strlen(text);

    return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static void check_request(const struct request *request, struct argp_state *state)
{
    enum table_format format;

    if (request->list == (request->words != NULL))
        argp_error(state, request->list ? "--list shows the definitions; it takes no words"
                                        : "--words FILE was expected");
    if (request->out != NULL && !ends_with(request->out, ".h5") && table_format_from_path(request->out, &format) != 0)
        program_refuse(state, "-o: a file that ends with .csv, .json, .txt or .h5", request->out);
}

static error_t parse_key(int key, char *argument, struct argp_state *state)
{
    struct request *request = state->input;
    switch (key) {
    case KEY_WORDS:
        request->words = argument;
        return 0;
    case KEY_LIBRARY:
        request->names = argument;
        return 0;
    case KEY_DEFINITIONS:
        if (request->n_files == FILES_MAX)
            argp_error(state, "at most %d files of definitions", FILES_MAX);
        request->files[request->n_files++] = argument;
        return 0;
    case KEY_LIST:
        request->list = true;
        return 0;
    case KEY_ID:
        request->columns.id = argument;
        return 0;
    case KEY_WORD:
        request->columns.word = argument;
        return 0;
    case KEY_FORMAT:
        request->format = program_parse_format(state, argument);
        return 0;
    case 'o':
        request->out = argument;
        return 0;
    case 'j':
        request->n_threads = program_parse_threads(state, argument);
        return 0;
    case ARGP_KEY_ARG:
        argp_error(state, "words stand in place of a study; '%s' is one too many", argument);
        return 0;
    case ARGP_KEY_END:
        check_request(request, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

/* ---- the work ----------------------------------------------------------------------------------------------- */

static int write_store(const char *path, const struct table *table, int n_threads)
{
    struct store_writer *writer = store_writer_open(path, n_threads);

    if (writer == NULL)
        return -1;
    if (store_writer_table(writer, table) != 0) {
        store_writer_abandon(writer);
        return -1;
    }
    return store_writer_commit(writer);
}

static int hand_out(const struct request *request, const struct table *table)
{
    enum table_format format = request->format;

    if (request->out == NULL)
        return table_print_on(STDOUT_FILENO, table, format, request->n_threads);
    if (table_format_from_path(request->out, &format) == 0)
        return table_file_write(request->out, table, format, request->n_threads);
    return write_store(request->out, table, request->n_threads);
}

static struct library *read_library(const struct request *request)
{
    struct library *library = library_shipped();
    int status = library == NULL ? -1 : 0;

    for (size_t i = 0; status == 0 && i < request->n_files; i++)
        status = library_add_file(library, request->files[i]);
    if (status == 0)
        return library;
    library_free(library);
    return NULL;
}

static int refuse_unsupported(const struct request *request, const struct definition *definition)
{
    static const char because[] = "definition '%s' needs words of %zu weeks; no word of '%s' is that long";

    if (strcmp(request->names, "all") != 0)
        return fail(because, definition->name.text, definition->weeks_needed, request->words);
    warn(because, definition->name.text, definition->weeks_needed, request->words);
    return 0;
}

/* What the words cannot show is refused by name where it was asked for by name, else left missing and told. */
static int tell_unjudged(const struct request *request, const struct definition *const *definitions, size_t n,
                         const size_t *n_judged, size_t n_words)
{
    size_t n_short = 0;
    int status = 0;

    for (size_t i = 0; i < n; i++) {
        if (n_judged[i] == 0)
            status |= refuse_unsupported(request, definitions[i]);
        else if (n_judged[i] < n_words) {
            detail("%s: %zu of %zu words are shorter than the %zu weeks it needs; their values are missing",
                   definitions[i]->name.text, n_words - n_judged[i], n_words, definitions[i]->weeks_needed);
            n_short++;
        }
    }
    if (n_short > 0 && status == 0)
        note("%zu of %zu definitions need more weeks than some words have; those values are missing (-v: which)",
             n_short, n);
    return status;
}

static struct table *compute(const struct request *request, const struct definition *const *definitions, size_t n)
{
    struct table *words = words_read(request->words, &request->columns), *table = NULL;
    size_t *n_judged = allocate(n, sizeof *n_judged);
    size_t id = 0;
    int status = words == NULL || n_judged == NULL ? -1 : 0;

    if (status == 0 && words->n_rows == 0)
        status = fail("'%s' holds no words", request->words);
    if (status == 0 && (table = table_alloc("outcomes", "Definitions of the library by person")) != NULL) {
        /* The column of persons is moved, not copied: the words stay behind in their own table. */
        id = table_column_index(words, "id");
        status = table_resize(table, words->n_rows) != 0 || table_add_column(table, "id", COLUMN_INT8, 0, "", "") == NULL
                     ? -1
                     : word_table_add(table, table_column(words, "word"), definitions, n, request->n_threads, n_judged);
    }
    if (status == 0 && table != NULL) {
        const struct column moved = table->columns[0];
        table->columns[0] = words->columns[id];
        words->columns[id] = moved;
        status = tell_unjudged(request, definitions, n, n_judged, words->n_rows);
    }
    free(n_judged);
    table_free(words);
    if (status == 0)
        return table;
    table_free(table);
    return NULL;
}

/* The words may be a table of a file: file.h5:/table. */
static int check_words_apart(const struct request *request)
{
    const char *const stored = strstr(request->words, ".h5:");
    char *const file = stored == NULL ? copy_text(request->words) : copy_bytes(request->words, (size_t)(stored + 3 - request->words));
    const int status = file == NULL ? -1 : output_check_apart(request->out, file);

    free(file);
    return status;
}

static int check_apart(const struct request *request)
{
    int status = request->out == NULL || request->words == NULL ? 0 : check_words_apart(request);

    for (size_t i = 0; status == 0 && request->out != NULL && i < request->n_files; i++)
        status = output_check_apart(request->out, request->files[i]);
    return status;
}

static int answer(const struct request *request)
{
    struct library *library = check_apart(request) != 0 ? NULL : read_library(request);
    const struct definition **definitions = NULL;
    struct table *table = NULL;
    size_t n = 0;
    int status = -1;

    if (library != NULL && (definitions = library_choose(library, request->names, &n)) != NULL)
        table = request->list ? library_list(definitions, n) : compute(request, definitions, n);
    if (table != NULL)
        status = hand_out(request, table);
    table_free(table);
    free(definitions);
    library_free(library);
    return status;
}

int words_command(int argc, char **argv)
{
    const struct argp argp = {.options = option_list, .parser = parse_key, .doc = doc, .children = talk_children};
    struct request request = {.names = "all", .n_threads = threads_available()};

    argp_parse(&argp, argc, argv, 0, NULL, &request);
    return answer(&request) == 0 ? EXIT_DONE : EXIT_FAILED;
}
