/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "report/svg_squeeze.h"

#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "report/svg_path.h"

#define XML(text) ((const xmlChar *)(text))

enum { COLOUR_SIZE = 16, SCALE_SIZE = 24 };

static bool is_element(const xmlNode *node, const char *name)
{
    return node != NULL && node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, name) == 0;
}

static void drop(xmlNodePtr node)
{
    xmlUnlinkNode(node);
    xmlFreeNode(node);
}

/* Is the attribute there, and this text? */
static bool has_value(xmlNodePtr node, const char *name, const char *value)
{
    xmlChar *text = xmlGetProp(node, XML(name));
    const bool same = text != NULL && strcmp((const char *)text, value) == 0;

    xmlFree(text);
    return same;
}

/* ---- blanks and colours ------------------------------------------------------------------------------------------- */

static void drop_blanks(xmlNodePtr node)
{
    xmlNodePtr next;

    for (xmlNodePtr child = node->children; child != NULL; child = next) {
        next = child->next;
        if (xmlIsBlankNode(child) && !is_element(node, "text") && !is_element(node, "tspan"))
            drop(child);
        else if (child->type == XML_ELEMENT_NODE)
            drop_blanks(child);
    }
}

/* "rgb(  0, 114, 178)" is #0072b2. */
static void shorten_colour(xmlNodePtr node, const char *name)
{
    xmlChar *text = xmlGetProp(node, XML(name));
    unsigned int red, green, blue;

    if (text != NULL && sscanf((const char *)text, "rgb( %3u , %3u , %3u )", &red, &green, &blue) == 3) {
        char colour[COLOUR_SIZE];
        snprintf(colour, sizeof colour, "#%02x%02x%02x", red & 0xff, green & 0xff, blue & 0xff);
        xmlSetProp(node, XML(name), XML(colour));
    }
    xmlFree(text);
}

static void shorten_colours(xmlNodePtr node)
{
    for (xmlNodePtr child = node; child != NULL; child = child->next)
        if (child->type == XML_ELEMENT_NODE) {
            shorten_colour(child, "fill");
            shorten_colour(child, "stroke");
            shorten_colour(child, "color");
            shorten_colours(child->children);
        }
}

/* ---- groups --------------------------------------------------------------------------------------------------------- */

/*
 * What a shape has of its own stays; what it would inherit becomes its own.  The class of a group, and how much of the ink it
 * takes, speak of the group's paint: who has one of its own does not take them.
 */
static void inherit(xmlNodePtr group, xmlNodePtr child)
{
    const bool own_stroke = xmlHasProp(child, XML("stroke")) != NULL, own_fill = xmlHasProp(child, XML("fill")) != NULL;

    for (xmlAttrPtr attribute = group->properties; attribute != NULL; attribute = attribute->next) {
        const char *name = (const char *)attribute->name;
        xmlChar *value;

        if (strcmp(name, "id") == 0 || xmlHasProp(child, attribute->name) != NULL)
            continue;
        if ((own_stroke && strcmp(name, "stroke-opacity") == 0) || (own_fill && strcmp(name, "fill-opacity") == 0))
            continue;
        if (strcmp(name, "class") == 0 && own_stroke && xmlHasProp(group, XML("stroke")) != NULL)
            continue;
        value = xmlGetProp(group, attribute->name);
        if (value != NULL)
            xmlSetProp(child, attribute->name, value);
        xmlFree(value);
    }
}

/* A group moved by a transform holds one text; its place becomes the text's. */
static bool can_open(xmlNodePtr group)
{
    if (xmlHasProp(group, XML("transform")) == NULL)
        return true;
    return group->children != NULL && group->children->next == NULL && is_element(group->children, "text");
}

static void open_groups(xmlNodePtr parent)
{
    xmlNodePtr next;

    for (xmlNodePtr node = parent->children; node != NULL; node = next) {
        next = node->next;
        if (!is_element(node, "g") || !can_open(node))
            continue;
        for (xmlNodePtr child = node->children; child != NULL; child = child->next)
            if (child->type == XML_ELEMENT_NODE)
                inherit(node, child);
        while (node->last != NULL) {
            xmlNodePtr child = node->last;
            xmlUnlinkNode(child);
            next = xmlAddNextSibling(node, child);
        }
        drop(node);
    }
}

/* ---- what a shape need not say ------------------------------------------------------------------------------------------ */

static void unset_if(xmlNodePtr node, const char *name, const char *value)
{
    if (has_value(node, name, value))
        xmlUnsetProp(node, XML(name));
}

static void unset_all(xmlNodePtr node, const char *const *names)
{
    for (; *names != NULL; names++)
        xmlUnsetProp(node, XML(*names));
}

static void tidy(xmlNodePtr node)
{
    static const char *const of_lines[] = {"stroke", "stroke-opacity", "stroke-width", "stroke-linecap", "stroke-linejoin", "color", "shape-rendering", NULL};
    static const char *const of_uses[] = {"stroke", "stroke-opacity", "stroke-width", "stroke-linecap", "stroke-linejoin", NULL};
    static const char *const of_areas[] = {"stroke-opacity", "stroke-width", "stroke-linecap", "stroke-linejoin", "color", NULL};

    unset_if(node, "stroke-linecap", "butt");
    unset_if(node, "stroke-linejoin", "miter");
    unset_if(node, "color", "white");
    if (is_element(node, "text"))
        unset_all(node, of_lines);
    else if (is_element(node, "use"))
        unset_all(node, of_uses);
    else if (has_value(node, "stroke", "none"))
        unset_all(node, of_areas);
    unset_if(node, "stroke", "none");
}

/* "0.53" without its zeros. */
static void shorten_number(xmlNodePtr node, const char *name)
{
    xmlChar *text = xmlGetProp(node, XML(name));

    if (text != NULL && text[0] == '0' && text[1] == '.')
        xmlSetProp(node, XML(name), text + 1);
    xmlFree(text);
}

static void shorten_shape(xmlNodePtr node)
{
    const bool polygon = is_element(node, "polygon");
    xmlChar *text = xmlGetProp(node, XML(polygon ? "points" : "d"));
    char *shorter = text == NULL ? NULL : polygon ? svg_polygon_short((const char *)text) : svg_path_short((const char *)text);

    if (shorter != NULL) {
        xmlUnsetProp(node, XML("points"));
        xmlSetProp(node, XML("d"), XML(shorter));
        if (polygon)
            xmlNodeSetName(node, XML("path"));
    }
    shorten_number(node, "stroke-width");
    free(shorter);
    xmlFree(text);
}

/* The place of a text: x and y for a move by both. */
static void place_text(xmlNodePtr text)
{
    xmlChar *move = xmlGetProp(text, XML("transform"));
    char number[SCALE_SIZE];
    double x, y;
    int end = 0;

    if (move != NULL && sscanf((const char *)move, "translate(%lf,%lf)%n", &x, &y, &end) == 2 && end > 0 && move[end] == '\0' &&
        xmlHasProp(text, XML("x")) == NULL && xmlHasProp(text, XML("y")) == NULL) {
        xmlUnsetProp(text, XML("transform"));
        xmlSetProp(text, XML("x"), XML(svg_number(x, number)));
        xmlSetProp(text, XML("y"), XML(svg_number(y, number)));
    }
    xmlFree(move);
}

/* All texts are set in one family and painted in the page's colour: said once. */
static void hoist_texts(xmlNodePtr root)
{
    xmlSetProp(root, XML("fill"), XML("currentColor"));
    for (xmlNodePtr node = root->children; node != NULL; node = node->next) {
        xmlChar *family = is_element(node, "text") ? xmlGetProp(node, XML("font-family")) : NULL;

        if (family != NULL && xmlHasProp(root, XML("font-family")) == NULL)
            xmlSetProp(root, XML("font-family"), family);
        if (family != NULL && has_value(root, "font-family", (const char *)family))
            xmlUnsetProp(node, XML("font-family"));
        if (is_element(node, "text")) {
            place_text(node);
            unset_if(node, "fill", "currentColor");
            unset_if(node, "text-anchor", "start");
        }
        xmlFree(family);
    }
}

/* ---- points ---------------------------------------------------------------------------------------------------------- */

/* gnuplot's symbols that have a short path: radius 1 and a stroke of a third around it. */
enum symbol { SYMBOL_DOT, SYMBOL_SQUARE, SYMBOL_DIAMOND, SYMBOL_OTHER };

static const double reach = 1 + 0.333 / 2;

struct point {
    enum symbol symbol;
    double x, y, scale;
};

static bool ends_with(const char *text, const char *end)
{
    return strlen(text) >= strlen(end) && strcmp(text + strlen(text) - strlen(end), end) == 0;
}

static enum symbol symbol_of(const char *reference)
{
    return ends_with(reference, "-gpPt6") ? SYMBOL_DOT : ends_with(reference, "-gpPt4") ? SYMBOL_SQUARE
           : ends_with(reference, "-gpPt12") ? SYMBOL_DIAMOND
                                             : SYMBOL_OTHER;
}

static bool read_point(xmlNodePtr node, struct point *point)
{
    xmlChar *reference = is_element(node, "use") ? xmlGetProp(node, XML("href")) : NULL, *place = xmlGetProp(node, XML("transform"));
    const bool good = reference != NULL && place != NULL &&
                      sscanf((const char *)place, "translate(%lf,%lf) scale(%lf)", &point->x, &point->y, &point->scale) == 3 &&
                      (point->symbol = symbol_of((const char *)reference)) != SYMBOL_OTHER;

    xmlFree(reference);
    xmlFree(place);
    return good;
}

static bool same_paint(xmlNodePtr a, xmlNodePtr b)
{
    xmlChar *of_a = xmlGetProp(a, XML("color")), *of_b = xmlGetProp(b, XML("color"));
    const bool same = xmlStrEqual(of_a, of_b) != 0;

    xmlFree(of_a);
    xmlFree(of_b);
    return same && (xmlHasProp(a, XML("class")) == NULL) == (xmlHasProp(b, XML("class")) == NULL);
}

/* A point of no length, whose cap is the symbol; a diamond is drawn. */
static void append_point(char **path, const struct point *point)
{
    char x[SCALE_SIZE], y[SCALE_SIZE], h[SCALE_SIZE];
    char *longer;

    if (*path == NULL)
        return;
    svg_number(point->x, x);
    if (point->symbol == SYMBOL_DIAMOND) {
        svg_number(sqrt(2) * reach * point->scale, h);
        svg_number(point->y - sqrt(2) * reach * point->scale, y);
        longer = format_text("%sM%s %sl%s %s-%s %s-%s-%sz", *path, x, y, h, h, h, h, h, h);
    } else {
        svg_number(point->y, y);
        longer = format_text("%sM%s %sh0", *path, x, y);
    }
    free(*path);
    *path = longer;
}

static void paint(xmlNodePtr path, xmlNodePtr use, const struct point *point)
{
    xmlChar *colour = xmlGetProp(use, XML("color")), *class_name = xmlGetProp(use, XML("class"));
    const bool is_quiet = colour != NULL && strcmp((const char *)colour, "#595959") == 0; /* as lines and texts of that grey (svg.c) */
    const xmlChar *ink = colour == NULL || is_quiet ? XML("currentColor") : colour;
    char width[SCALE_SIZE];

    if (point->symbol == SYMBOL_DIAMOND) {
        xmlSetProp(path, XML("fill"), ink);
    } else {
        snprintf(width, sizeof width, "%.2f", 2 * reach * point->scale);
        xmlSetProp(path, XML("stroke"), ink);
        xmlSetProp(path, XML("stroke-width"), XML(width));
        xmlSetProp(path, XML("stroke-linecap"), XML(point->symbol == SYMBOL_DOT ? "round" : "square"));
    }
    if (class_name != NULL || is_quiet)
        xmlSetProp(path, XML("class"), is_quiet ? XML("quiet") : class_name);
    xmlFree(class_name);
    xmlFree(colour);
}

/* Points in a row that look alike become one path. */
static void join_points(xmlNodePtr root)
{
    xmlNodePtr next;

    for (xmlNodePtr node = root->children; node != NULL; node = next) {
        struct point first, point;
        xmlNodePtr path, use = node;
        char *text;

        next = node->next;
        if (!read_point(node, &first) || (text = copy_text("")) == NULL)
            continue;
        if ((path = xmlNewDocNode(root->doc, root->ns, XML("path"), NULL)) != NULL) {
            paint(path, node, &first);
            xmlAddPrevSibling(node, path);
            while (use != NULL && read_point(use, &point) && point.symbol == first.symbol && point.scale == first.scale &&
                   (use == node || same_paint(use, node))) {
                xmlNodePtr after = use->next;
                append_point(&text, &point);
                if (use != node)
                    drop(use);
                use = after;
            }
            next = use;
            drop(node);
            if (text != NULL)
                xmlSetProp(path, XML("d"), XML(text));
        }
        free(text);
    }
}

/* ---- what nothing refers to ---------------------------------------------------------------------------------------------- */

static bool refers(xmlNodePtr node, const xmlChar *id)
{
    for (; node != NULL; node = node->next) {
        if (node->type != XML_ELEMENT_NODE)
            continue;
        for (xmlAttrPtr attribute = node->properties; attribute != NULL; attribute = attribute->next) {
            xmlChar *value = attribute->children == NULL ? NULL : xmlNodeListGetString(node->doc, attribute->children, 1);
            const char *at = value == NULL ? NULL : strstr((const char *)value, "#");
            const bool is_it = at != NULL && strncmp(at + 1, (const char *)id, strlen((const char *)id)) == 0 &&
                               strchr(")", at[1 + strlen((const char *)id)]) != NULL;
            xmlFree(value);
            if (is_it)
                return true;
        }
        if (refers(node->children, id))
            return true;
    }
    return false;
}

/* A symbol may stand on another one: until no more goes. */
static void drop_symbols(xmlNodePtr root)
{
    xmlNodePtr defs = root->children, next;
    bool changed = true;

    while (defs != NULL && !is_element(defs, "defs"))
        defs = defs->next;
    while (defs != NULL && changed) {
        changed = false;
        for (xmlNodePtr node = defs->children; node != NULL; node = next) {
            xmlChar *id = node->type == XML_ELEMENT_NODE ? xmlGetProp(node, XML("id")) : NULL;
            next = node->next;
            if (id != NULL && !refers(root->children, id)) {
                drop(node);
                changed = true;
            }
            xmlFree(id);
        }
    }
    if (defs != NULL && defs->children == NULL)
        drop(defs);
}

/* gnuplot's ground, which paints nothing. */
static void drop_ground(xmlNodePtr root)
{
    xmlNodePtr next;

    for (xmlNodePtr node = root->children; node != NULL; node = next) {
        next = node->next;
        if (is_element(node, "rect") && has_value(node, "fill", "none") && xmlHasProp(node, XML("stroke")) == NULL)
            drop(node);
    }
}

void svg_squeeze(xmlNodePtr root)
{
    xmlNodePtr next;

    drop_blanks(root);
    shorten_colours(root->children);
    open_groups(root);
    for (xmlNodePtr node = root->children; node != NULL; node = next) {
        next = node->next;
        if (node->type != XML_ELEMENT_NODE || is_element(node, "defs"))
            continue;
        tidy(node);
        if (is_element(node, "path") || is_element(node, "polygon"))
            shorten_shape(node);
    }
    hoist_texts(root);
    join_points(root);
    drop_symbols(root);
    drop_ground(root);
}
