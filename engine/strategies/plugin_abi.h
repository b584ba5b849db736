#pragma once

/* The border between the program and a strategy in a shared library: plain C, so that neither side
 * depends on the other's compiler. A C++ author never sees it: plugin.hpp makes it of a class.
 *
 * 1. The library exports one function, HTS_PLUGIN_ENTRY, which returns a table that lives as long
 *    as the library. Its first two members keep their place in every version. A library of another
 *    version, or with structs of another size, is refused.
 * 2. No exception, no C++ type and no ownership crosses. Pointers are lent for the call, but for
 *    the table and the texts in it. Texts are UTF-8 and end with a zero byte.
 * 3. A function that can fail returns 0 for success; otherwise it has written why into `reason`,
 *    one clause without a full stop.
 * 4. An instance is used by one thread at a time; several instances may exist at once and must not
 *    share state. There is no clock and no chance: equal parameters and candles, equal signals.
 * 5. Candles come closed, oldest first, with finite prices above 0.
 * 6. Loading a library runs its code. */

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Changes with every change of this file that an old library would misunderstand. */
#define HTS_PLUGIN_ABI_VERSION 1u
#define HTS_PLUGIN_ENTRY hts_strategy_plugin
#define HTS_PLUGIN_ENTRY_NAME "hts_strategy_plugin"

/* Time of opening in nanoseconds since 1970 (UTC); prices in the quote currency, volume in the base
 * currency. */
typedef struct hts_candle {
  int64_t open_time;
  double open;
  double high;
  double low;
  double close;
  double volume;
} hts_candle;

enum { HTS_FLAG = 0, HTS_INTEGER = 1, HTS_NUMBER = 2, HTS_TEXT = 3 };

/* The member that `type` names counts. */
typedef struct hts_value {
  int32_t type;
  int32_t flag; /* 0 or 1 */
  int64_t integer;
  double number;
  const char* text;
} hts_value;

typedef struct hts_named_value {
  const char* name;
  hts_value value;
} hts_named_value;

/* One parameter of the schema; the type is that of the default. */
typedef struct hts_parameter {
  const char* name; /* a-z, 0-9, _ */
  const char* unit; /* "bars", "fraction", or empty */
  const char* help; /* one sentence */
  hts_value default_value;
  double minimum; /* ignored for flags and texts */
  double maximum;
  int32_t minimum_excluded;
  int32_t reserved;
} hts_parameter;

/* Exits of a position from its entry on: fractions of the entry price, 0 is none. */
typedef struct hts_protection {
  double stop_loss;
  double take_profit;
  double trailing_stop;
} hts_protection;

enum { HTS_BUY = 0, HTS_SELL = 1 };

/* What a strategy says about a candle. `given` 0: nothing. */
typedef struct hts_signal {
  int32_t given;
  int32_t side;
  int32_t exit_only; /* closes a position of the other direction and opens none */
  int32_t reserved;
  double confidence; /* 0 to 1 */
  hts_protection protection;
} hts_signal;

enum { HTS_MARKET = 0, HTS_LIMIT = 1, HTS_STOP = 2, HTS_STOP_LIMIT = 3, HTS_TRAILING_STOP = 4 };
enum {
  HTS_GOOD_TILL_CANCELLED = 0,
  HTS_DAY = 1,
  HTS_IMMEDIATE_OR_CANCEL = 2,
  HTS_FILL_OR_KILL = 3
};

typedef struct hts_order {
  int32_t side;
  int32_t type;
  int32_t time_in_force;
  int32_t reduce_only;
  int32_t has_quantity;       /* 0: the account's sizing decides */
  uint32_t one_cancels_other; /* group above 0 */
  double quantity;            /* base currency */
  double limit_price;
  double stop_price;
  double trail_fraction;
  hts_protection protection;
} hts_order;

typedef struct hts_position {
  double quantity; /* below 0 is short */
  double entry_price;
  double unrealized; /* quote currency */
} hts_position;

/* The account, lent for one call of on_candle to strategies with uses_orders; otherwise null. */
typedef struct hts_desk {
  void* owner;                                             /* first argument of the functions */
  uint64_t (*submit)(void* owner, const hts_order* order); /* the order's id; 0: refused */
  void (*cancel)(void* owner, uint64_t id);
  void (*cancel_all)(void* owner);
  void (*position)(void* owner, hts_position* position);
  double (*equity)(void* owner);
} hts_desk;

typedef struct hts_reason {
  char text[512];
} hts_reason;

typedef struct hts_strategy_plugin_table {
  uint32_t abi_version; /* HTS_PLUGIN_ABI_VERSION */
  uint32_t table_size;  /* sizeof this struct */
  uint32_t candle_size;
  uint32_t value_size;
  uint32_t parameter_size;
  uint32_t signal_size;
  uint32_t order_size;
  uint32_t desk_size;

  const char* name;  /* a-z, 0-9, _ */
  const char* title; /* for people */
  const char* help;  /* one sentence */
  int32_t state_version;
  int32_t uses_orders;
  const hts_parameter* parameters;
  uint64_t parameter_count;

  /* All values of the schema, in its order, each within its range. */
  int32_t (*check)(const hts_named_value* values, uint64_t count, hts_reason* reason); /* or null */
  uint64_t (*warm_up)(const hts_named_value* values, uint64_t count);                  /* or null */
  void* (*create)(const hts_named_value* values, uint64_t count,
                  hts_reason* reason); /* null: failed */
  int32_t (*on_candle)(void* instance, const hts_candle* candle, const hts_desk* desk,
                       hts_signal* signal, hts_reason* reason);
  /* Writes the state into `numbers` when `capacity` is enough for it; always says how many. */
  int32_t (*snapshot)(const void* instance, double* numbers, uint64_t capacity, uint64_t* count,
                      hts_reason* reason);
  int32_t (*restore)(void* instance, const double* numbers, uint64_t count, hts_reason* reason);
  void (*destroy)(void* instance);
} hts_strategy_plugin_table;

/* What the library exports. */
typedef const hts_strategy_plugin_table* (*hts_plugin_entry)(void);

#ifdef __cplusplus
}
#endif
