/* A diagnosis in words, with a remedy where one is needed. */
#ifndef IL_REPORT_REMEDY_H
#define IL_REPORT_REMEDY_H

#include "report/table.h"

#include <initlab/probe.h>

void il_probe_words(const il_probe_config *config, const il_probe *probe, const il_diagnosis *d,
                    text *line);

#endif
