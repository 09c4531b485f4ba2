#include "io/dtype.h"
#include "io/set.h"

#include <string.h>

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "tensor files are little-endian, and initlab reads and writes them as they lie in memory"
#endif

#define PLAIN(name, type)                                                                          \
    static double at_##name(const void *data, size_t i) {                                          \
        return (double)((const type *)data)[i];                                                    \
    }
PLAIN(u64, uint64_t)
PLAIN(i64, int64_t)
PLAIN(f64, double)
PLAIN(f32, float)
PLAIN(u32, uint32_t)
PLAIN(i32, int32_t)
PLAIN(u16, uint16_t)
PLAIN(i16, int16_t)
PLAIN(i8, int8_t)
PLAIN(u8, uint8_t)

static double from_bits(uint32_t bits) {
    float value;
    memcpy(&value, &bits, sizeof value);
    return (double)value;
}

static double at_bf16(const void *data, size_t i) {
    return from_bits((uint32_t)((const uint16_t *)data)[i] << 16);
}

/* Sign, 5 bits of exponent (bias 15), 10 of fraction. */
static double at_f16(const void *data, size_t i) {
    uint32_t half = ((const uint16_t *)data)[i];
    uint32_t sign = (half & 0x8000) << 16, exponent = half >> 10 & 0x1F, fraction = half & 0x3FF;
    if (exponent == 0) {
        double value = (double)fraction * 0x1p-24;
        return sign ? -value : value;
    }
    exponent = exponent == 0x1F ? 0xFF : exponent + 127 - 15;
    return from_bits(sign | exponent << 23 | fraction << 13);
}

static double at_bool(const void *data, size_t i) {
    return ((const uint8_t *)data)[i] != 0;
}

const il_dtype_info il_dtype_infos[IL_DTYPES] = {
    [IL_DTYPE_U64] = {"U64", "<u8", 8, at_u64},    [IL_DTYPE_I64] = {"I64", "<i8", 8, at_i64},
    [IL_DTYPE_F64] = {"F64", "<f8", 8, at_f64},    [IL_DTYPE_F32] = {"F32", "<f4", 4, at_f32},
    [IL_DTYPE_U32] = {"U32", "<u4", 4, at_u32},    [IL_DTYPE_I32] = {"I32", "<i4", 4, at_i32},
    [IL_DTYPE_BF16] = {"BF16", NULL, 2, at_bf16},  [IL_DTYPE_F16] = {"F16", "<f2", 2, at_f16},
    [IL_DTYPE_U16] = {"U16", "<u2", 2, at_u16},    [IL_DTYPE_I16] = {"I16", "<i2", 2, at_i16},
    [IL_DTYPE_I8] = {"I8", "|i1", 1, at_i8},       [IL_DTYPE_U8] = {"U8", "|u1", 1, at_u8},
    [IL_DTYPE_BOOL] = {"BOOL", "|b1", 1, at_bool},
};

const char *il_dtype_name(il_dtype dtype) {
    return il_dtype_infos[dtype].name;
}

size_t il_dtype_size(il_dtype dtype) {
    return il_dtype_infos[dtype].size;
}

size_t il_tensor_bytes(const il_tensor *tensor) {
    return tensor->count * il_dtype_size(tensor->dtype);
}

double il_tensor_at(const il_tensor *tensor, size_t i) {
    return il_dtype_infos[tensor->dtype].at(tensor->data, i);
}

void il_tensor_values(const il_tensor *tensor, il_real *out) {
    if (tensor->dtype == IL_DTYPE_REAL) {
        memcpy(out, tensor->data, tensor->count * sizeof *out);
        return;
    }
    double (*at)(const void *, size_t) = il_dtype_infos[tensor->dtype].at;
    for (size_t i = 0; i < tensor->count; i++)
        out[i] = (il_real)at(tensor->data, i);
}
