/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/html.h"

#include <libxml/xmlwriter.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/safe_text.h"

#define XML(text) ((const xmlChar *)(text))

struct html {
    xmlBufferPtr buffer;
    xmlTextWriterPtr writer;
    bool failed;
};

static void check(struct html *html, int written)
{
    if (written < 0)
        html->failed = true;
}

struct html *html_open(void)
{
    struct html *html = allocate(1, sizeof *html);

    if (html == NULL)
        return NULL;
    html->buffer = xmlBufferCreate();
    html->writer = html->buffer == NULL ? NULL : xmlNewTextWriterMemory(html->buffer, 0);
    if (html->writer == NULL) {
        html_abandon(html);
        fail_memory();
        return NULL;
    }
    check(html, xmlTextWriterWriteRaw(html->writer, XML("<!DOCTYPE html>\n")));
    return html;
}

static void write_attributes(struct html *html, va_list pairs)
{
    const char *name;

    while ((name = va_arg(pairs, const char *)) != NULL) {
        const char *value = va_arg(pairs, const char *);

        char *safe = value == NULL ? NULL : safe_text(value);

        if (safe != NULL)
            check(html, xmlTextWriterWriteAttribute(html->writer, XML(name), XML(safe)));
        free(safe);
    }
}

void html_start(struct html *html, const char *element, ...)
{
    va_list pairs;

    check(html, xmlTextWriterStartElement(html->writer, XML(element)));
    va_start(pairs, element);
    write_attributes(html, pairs);
    va_end(pairs);
}

void html_end(struct html *html)
{
    check(html, xmlTextWriterFullEndElement(html->writer));
}

void html_void(struct html *html, const char *element, ...)
{
    va_list pairs;

    check(html, xmlTextWriterStartElement(html->writer, XML(element)));
    va_start(pairs, element);
    write_attributes(html, pairs);
    va_end(pairs);
    check(html, xmlTextWriterEndElement(html->writer));
}

void html_text(struct html *html, const char *text)
{
    char *safe = safe_text(text);

    if (safe == NULL)
        html->failed = true;
    else
        check(html, xmlTextWriterWriteString(html->writer, XML(safe)));
    free(safe);
}

void html_line(struct html *html, const char *element, const char *text)
{
    html_line_class(html, element, NULL, text);
}

void html_line_class(struct html *html, const char *element, const char *class_name, const char *text)
{
    html_start(html, element, "class", class_name, NULL);
    html_text(html, text);
    html_end(html);
}

void html_link(struct html *html, const char *href, const char *text)
{
    html_start(html, "a", "href", href, NULL);
    html_text(html, text);
    html_end(html);
}

void html_raw(struct html *html, const char *text)
{
    check(html, xmlTextWriterWriteRaw(html->writer, XML(text)));
}

char *html_close(struct html *html, size_t *length)
{
    char *page = NULL;

    check(html, xmlTextWriterEndDocument(html->writer));
    xmlFreeTextWriter(html->writer); /* flushes into the buffer */
    html->writer = NULL;
    if (!html->failed) {
        *length = (size_t)xmlBufferLength(html->buffer);
        page = copy_bytes((const char *)xmlBufferContent(html->buffer), *length);
    } else {
        fail("the page could not be written: out of memory, or text that is not UTF-8");
    }
    html_abandon(html);
    return page;
}

void html_abandon(struct html *html)
{
    if (html == NULL)
        return;
    if (html->writer != NULL)
        xmlFreeTextWriter(html->writer);
    xmlBufferFree(html->buffer);
    free(html);
}
