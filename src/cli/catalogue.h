/* Catalogues as text, made from the descriptors. */
#ifndef IL_CLI_CATALOGUE_H
#define IL_CLI_CATALOGUE_H

#include <initlab/init.h>

/* All schemes under headings, each family where its first scheme stands. */
void cli_list_inits(const il_family *inits);

/* Everything that the descriptor says of one. */
void cli_describe_init(const il_init_type *type);

/* The same of any descriptor. */
void cli_describe(const il_desc *desc);

/* One descriptor of a list, or several: what stands on the left is as wide as the widest of them, within limits. */
void cli_list_descs(const il_desc *const *descs, size_t n);

#endif
