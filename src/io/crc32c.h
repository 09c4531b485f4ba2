/* The checksum CRC-32C (Castagnoli), as iSCSI defines it: RFC 3720, section 12.1 and appendix B.4. */
#ifndef IL_IO_CRC32C_H
#define IL_IO_CRC32C_H

#include <stddef.h>
#include <stdint.h>

uint32_t il_crc32c(const void *bytes, size_t n);

#endif
