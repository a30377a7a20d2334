/* SPDX-License-Identifier: GPL-3.0-or-later */
/** svg_boxes.h - where the texts of a figure's SVG lie: found with libxml2, measured with the widths of the font. */
#ifndef TESTS_REPORT_SVG_BOXES_H
#define TESTS_REPORT_SVG_BOXES_H

#include <libxml/parser.h>
#include <libxml/tree.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/text_width.h"

enum { SVG_BOXES_MAX = 4000 };

struct svg_box {
    double left, right, top, bottom; /* pixels */
    char text[240];
};

struct svg_boxes {
    double width, height;
    size_t n;
    struct svg_box items[SVG_BOXES_MAX];
};

static inline double svg_number(xmlNodePtr node, const char *name)
{
    xmlChar *value = xmlGetProp(node, (const xmlChar *)name);
    const double number = value == NULL ? 0 : strtod((const char *)value, NULL);

    xmlFree(value);
    return number;
}

/* gnuplot sets each text in a group of its own: <g transform="translate(x,y)" font-size=.. text-anchor=..><text>. */
static inline void svg_add_box(struct svg_boxes *boxes, xmlNodePtr text)
{
    xmlNodePtr group = text->parent;
    xmlChar *place = xmlGetProp(group, (const xmlChar *)"transform"), *anchor = xmlGetProp(group, (const xmlChar *)"text-anchor"),
            *weight = xmlGetProp(group, (const xmlChar *)"font-weight"), *content = xmlNodeGetContent(text);
    const double size = svg_number(group, "font-size");
    struct svg_box *box = &boxes->items[boxes->n];
    double x = 0, y = 0, width;

    if (place != NULL && sscanf((const char *)place, "translate(%lf,%lf)", &x, &y) == 2 && boxes->n < SVG_BOXES_MAX) {
        width = text_width((const char *)content, size * 0.75, weight != NULL) / 25.4 * 96;
        box->left = anchor != NULL && strcmp((const char *)anchor, "end") == 0      ? x - width
                    : anchor != NULL && strcmp((const char *)anchor, "middle") == 0 ? x - width / 2
                                                                                    : x;
        box->right = box->left + width;
        box->top = y - 0.76 * size; /* y is the base line; capitals and descenders of DejaVu Sans */
        box->bottom = y + 0.24 * size;
        snprintf(box->text, sizeof box->text, "%s", (const char *)content);
        boxes->n++;
    }
    xmlFree(place);
    xmlFree(anchor);
    xmlFree(weight);
    xmlFree(content);
}

static inline void svg_walk(struct svg_boxes *boxes, xmlNodePtr node)
{
    for (; node != NULL; node = node->next) {
        if (node->type == XML_ELEMENT_NODE && strcmp((const char *)node->name, "text") == 0)
            svg_add_box(boxes, node);
        else if (node->type == XML_ELEMENT_NODE)
            svg_walk(boxes, node->children);
    }
}

/** All texts; NULL when it is no SVG.  Caller frees. */
static inline struct svg_boxes *svg_boxes_read(const char *bytes, size_t length)
{
    xmlDocPtr document = xmlReadMemory(bytes, (int)length, NULL, NULL, XML_PARSE_NONET);
    struct svg_boxes *boxes = document == NULL ? NULL : calloc(1, sizeof *boxes);

    if (boxes != NULL) {
        boxes->width = svg_number(xmlDocGetRootElement(document), "width");
        boxes->height = svg_number(xmlDocGetRootElement(document), "height");
        svg_walk(boxes, xmlDocGetRootElement(document)->children);
    }
    xmlFreeDoc(document);
    return boxes;
}

/** The first text that reaches over an edge of the picture; NULL: none. */
static inline const struct svg_box *svg_box_outside(const struct svg_boxes *boxes)
{
    for (size_t i = 0; i < boxes->n; i++) {
        const struct svg_box *box = &boxes->items[i];

        if (box->left < -0.6 || box->right > boxes->width + 0.6 || box->top < -0.6 || box->bottom > boxes->height + 0.6)
            return box;
    }
    return NULL;
}

/** The first two texts that lie on each other. */
static inline bool svg_boxes_overlap(const struct svg_boxes *boxes, const struct svg_box **one, const struct svg_box **two)
{
    for (size_t i = 0; i < boxes->n; i++)
        for (size_t k = i + 1; k < boxes->n; k++) {
            const struct svg_box *a = &boxes->items[i], *b = &boxes->items[k];

            if (a->left + 0.6 < b->right && b->left + 0.6 < a->right && a->top + 0.8 < b->bottom && b->top + 0.8 < a->bottom) {
                *one = a;
                *two = b;
                return true;
            }
        }
    return false;
}

#endif
