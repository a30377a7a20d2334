/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/svg.h"

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/memory.h"
#include "report/safe_text.h"
#include "report/svg_squeeze.h"

#define XML(text) ((const xmlChar *)(text))

static void be_silent(void *context, const char *message, ...)
{
    (void)context;
    (void)message;
}

void svg_start(void)
{
    xmlInitParser();
}

static xmlDocPtr parse(const char *bytes, size_t length)
{
    xmlDocPtr document = NULL;

    if (length < (size_t)1 << 28) {
        xmlSetGenericErrorFunc(NULL, be_silent);
        document =
            xmlReadMemory(bytes, (int)length, NULL, NULL, XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING);
    }
    if (document == NULL || xmlDocGetRootElement(document) == NULL ||
        xmlStrcmp(xmlDocGetRootElement(document)->name, XML("svg")) != 0) {
        fail("gnuplot wrote an SVG that is not whole");
        xmlFreeDoc(document);
        return NULL;
    }
    return document;
}

/* The next node in document order below root; NULL at the end. */
static xmlNodePtr next_node(xmlNodePtr node, const xmlNode *root)
{
    if (node->children != NULL && node->type == XML_ELEMENT_NODE)
        return node->children;
    while (node != root && node->next == NULL)
        node = node->parent;
    return node == root ? NULL : node->next;
}

/* Sets the attribute to the four parts in a row. */
static void set(xmlAttrPtr attribute, const char *before, const char *prefix, const char *between, const char *rest)
{
    char *text = format_text("%s%s%s%s", before, prefix, between, rest);

    if (text == NULL)
        return;
    xmlSetNsProp(attribute->parent, attribute->ns, attribute->name, XML(text));
    free(text);
}

/* id="x" -> prefix-x; "#x" -> "#prefix-x"; "url(#x)" -> "url(#prefix-x)". */
static void prefix_attribute(xmlAttrPtr attribute, const char *prefix)
{
    xmlChar *value = xmlNodeListGetString(attribute->doc, attribute->children, 1);
    const char *text = (const char *)value;

    if (text == NULL)
        return;
    if (strcmp((const char *)attribute->name, "id") == 0)
        set(attribute, "", prefix, "-", text);
    else if (text[0] == '#' && strcmp((const char *)attribute->name, "href") == 0)
        set(attribute, "#", prefix, "-", text + 1);
    else if (strncmp(text, "url(#", 5) == 0)
        set(attribute, "url(#", prefix, "-", text + 5);
    xmlFree(value);
}

/* gnuplot leaves "DejaVu Sans:Bold" as the name of the font; readers without it get one of the same widths. */
static void name_fonts(xmlNodePtr node)
{
    xmlChar *family = xmlGetProp(node, XML("font-family"));

    if (family == NULL)
        return;
    if (strstr((const char *)family, ":Bold") != NULL)
        xmlSetProp(node, XML("font-weight"), XML("bold"));
    xmlSetProp(node, XML("font-family"), XML("DejaVu Sans, Verdana, sans-serif"));
    xmlFree(family);
}

/*
 * gnuplot titles each group of a plot with the command that drew it, a hint that nobody wants to see, and defines
 * filters that only its boxed texts use.
 */
static bool is_not_wanted(const xmlNode *node)
{
    static const char *const names[] = {"title", "desc", "filter"};

    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, names[i]) == 0)
            return true;
    return false;
}

static void remove_clutter(xmlNodePtr root)
{
    xmlNodePtr node = root;

    while (node != NULL) {
        xmlNodePtr next = next_node(node, root);

        if (is_not_wanted(node)) {
            while (next != NULL && next->parent == node) /* its text goes with it */
                next = next_node(next, root);
            xmlUnlinkNode(node);
            xmlFreeNode(node);
        }
        node = next;
    }
}

/* A child of the root with this text, in front. */
static void put_in_front(xmlNodePtr root, const char *name, const char *id, const char *text)
{
    xmlNodePtr fresh = xmlNewDocNode(root->doc, root->ns, XML(name), NULL);

    if (fresh == NULL)
        return;
    char *safe = safe_text(text);
    if (safe != NULL)
        xmlNodeAddContent(fresh, XML(safe));
    free(safe);
    xmlSetProp(fresh, XML("id"), XML(id));
    if (root->children == NULL)
        xmlAddChild(root, fresh);
    else
        xmlAddPrevSibling(root->children, fresh);
}

static void describe(xmlNodePtr root, const char *prefix, const char *title, const char *description)
{
    char *title_id = format_text("%s-title", prefix), *text_id = format_text("%s-desc", prefix);
    char *both = format_text("%s-title %s-desc", prefix, prefix);

    if (title_id != NULL && text_id != NULL && both != NULL) {
        put_in_front(root, "desc", text_id, description);
        put_in_front(root, "title", title_id, title);
        xmlSetProp(root, XML("role"), XML("img"));
        xmlSetProp(root, XML("aria-labelledby"), XML(both));
    }
    free(title_id);
    free(text_id);
    free(both);
}

/*
 * The groups that open a plot have the pen that the same gnuplot used last, perhaps in another figure.  Each line inside
 * names its own, so it shows nowhere, but it would make bytes depend on what was drawn before.
 */
static void forget_last_pen(xmlNodePtr group)
{
    xmlChar *colour = xmlGetProp(group, XML("color"));

    if (colour != NULL && xmlStrcmp(colour, XML("white")) == 0 && xmlHasProp(group, XML("stroke")) != NULL)
        xmlSetProp(group, XML("stroke"), XML("black"));
    xmlFree(colour);
}

int svg_finish(const char *bytes, size_t length, const char *prefix, const char *title, const char *description,
               char **out, size_t *out_length)
{
    xmlDocPtr document = parse(bytes, length);
    xmlNodePtr root;
    xmlChar *text = NULL;
    int size = 0;

    if (document == NULL)
        return -1;
    root = xmlDocGetRootElement(document);
    for (xmlNodePtr node = root; node != NULL; node = next_node(node, root))
        if (node->type == XML_ELEMENT_NODE) {
            name_fonts(node);
            forget_last_pen(node);
            for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next)
                prefix_attribute(attribute, prefix);
        }
    remove_clutter(root);
    describe(root, prefix, title, description);
    xmlDocDumpMemoryEnc(document, &text, &size, "UTF-8");
    xmlFreeDoc(document);
    *out = text == NULL ? NULL : copy_bytes((const char *)text, (size_t)size);
    *out_length = (size_t)size;
    xmlFree(text);
    return *out == NULL ? fail_memory() : 0;
}

static bool is_black(const char *colour)
{
    return strcmp(colour, "black") == 0 || strcmp(colour, "rgb(0,0,0)") == 0 ||
           strcmp(colour, "rgb(  0,   0,   0)") == 0 || strcmp(colour, "#000000") == 0;
}

static bool is_grey(const char *colour)
{
    return strcmp(colour, "rgb( 89,  89,  89)") == 0 || strcmp(colour, "rgb(89,89,89)") == 0;
}

/* The greys of grids, rules and areas, as so much of the text's colour: in the dark they are as faint. */
static const char *share_of_ink(const char *colour)
{
    static const struct {
        unsigned int grey;
        const char *share;
    } shares[] = {{0xd0, ".2"}, {0xd8, ".17"}, {0xd9, ".17"}, {0xbb, ".3"}, {0xa0, ".42"}, {0x8c, ".5"}, {0x40, ".8"}};
    unsigned int red, green, blue;

    if (sscanf(colour, "rgb( %3u , %3u , %3u )", &red, &green, &blue) != 3 || red != green || green != blue)
        return NULL;
    for (size_t i = 0; i < sizeof shares / sizeof shares[0]; i++)
        if (shares[i].grey == red)
            return shares[i].share;
    return NULL;
}

static void follow_text_colour(xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetProp(node, XML(name));
    const char *share = value == NULL ? NULL : share_of_ink((const char *)value);
    char *opacity = share == NULL ? NULL : format_text("%s-opacity", name);

    if (opacity != NULL && xmlHasProp(node, XML(opacity)) == NULL) {
        xmlSetProp(node, XML(name), XML("currentColor"));
        xmlSetProp(node, XML(opacity), XML(share));
    }
    free(opacity);
    if (share != NULL) {
        xmlFree(value);
        return;
    }

    if (value != NULL && is_black((const char *)value))
        xmlSetProp(node, XML(name), XML("currentColor"));
    else if (value != NULL && is_grey((const char *)value)) {
        xmlSetProp(node, XML(name), XML("currentColor"));
        xmlSetProp(node, XML("class"), XML("quiet"));
    }
    xmlFree(value);
}

/* color="black" would make every currentColor below it black again. */
static void forget_black(xmlNodePtr node)
{
    xmlChar *value = xmlGetProp(node, XML("color"));

    if (value != NULL && is_black((const char *)value))
        xmlUnsetProp(node, XML("color"));
    xmlFree(value);
}

char *svg_inline(const char *bytes, size_t length)
{
    xmlDocPtr document = parse(bytes, length);
    xmlBufferPtr buffer = document == NULL ? NULL : xmlBufferCreate();
    xmlNodePtr root;
    char *text = NULL;

    if (buffer != NULL) {
        root = xmlDocGetRootElement(document);
        xmlUnsetProp(root, XML("width"));
        xmlUnsetProp(root, XML("height"));
        for (xmlNodePtr node = root; node != NULL; node = next_node(node, root))
            if (node->type == XML_ELEMENT_NODE) {
                follow_text_colour(node, "fill");
                follow_text_colour(node, "stroke");
                forget_black(node);
            }
        svg_squeeze(root);
        if (xmlNodeDump(buffer, document, root, 0, 0) >= 0)
            text = copy_bytes((const char *)xmlBufferContent(buffer), (size_t)xmlBufferLength(buffer));
    }
    xmlBufferFree(buffer);
    xmlFreeDoc(document);
    if (text == NULL)
        fail_memory();
    return text;
}
