#include "adapters/upbit/upbit_frame.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

#include "adapters/feed/shape.hpp"
#include "engine/json/json_cursor.hpp"

namespace hts::upbit {
namespace {

using feed::Frame;
using json::JsonCursor;

constexpr std::int64_t last_millisecond = INT64_MAX / 1'000'000;

bool in_time(std::int64_t milliseconds) {
  return milliseconds >= 0 && milliseconds <= last_millisecond;
}

/// What stands between the values of a trade, as Upbit writes it.
struct TradeText {
  std::string_view code;
  std::string_view sent;
  std::string_view day;
  std::string_view clock;
  std::string_view executed;
  std::string_view price;
  std::string_view quantity;
  std::string_view side;
  std::string_view before;
  std::string_view change;
  std::string_view change_price;
  std::string_view sequence;
  std::array<std::string_view, 4> offers;  ///< newer servers tell the best ones too
  std::string_view stream;
};

constexpr TradeText default_text = {R"({"type":"trade","code":")",
                                    R"(,"timestamp":)",
                                    R"(,"trade_date":")",
                                    R"(,"trade_time":")",
                                    R"(,"trade_timestamp":)",
                                    R"(,"trade_price":)",
                                    R"(,"trade_volume":)",
                                    R"(,"ask_bid":")",
                                    R"(,"prev_closing_price":)",
                                    R"(,"change":")",
                                    R"(,"change_price":)",
                                    R"(,"sequential_id":)",
                                    {R"(,"best_ask_price":)", R"(,"best_ask_size":)",
                                     R"(,"best_bid_price":)", R"(,"best_bid_size":)"},
                                    R"(,"stream_type":")"};

constexpr TradeText simple_text = {R"({"ty":"trade","cd":")",
                                   R"(,"tms":)",
                                   R"(,"td":")",
                                   R"(,"ttm":")",
                                   R"(,"ttms":)",
                                   R"(,"tp":)",
                                   R"(,"tv":)",
                                   R"(,"ab":")",
                                   R"(,"pcp":)",
                                   R"(,"c":")",
                                   R"(,"cp":)",
                                   R"(,"sid":)",
                                   {R"(,"bap":)", R"(,"bas":)", R"(,"bbp":)", R"(,"bbs":)"},
                                   R"(,"st":")"};

template <const TradeText& form>
bool parse_trade_quickly(std::string_view text, Frame& frame) noexcept {
  feed::Shape shape(text);
  std::string_view word;
  std::string_view side;
  std::int64_t sent = 0;
  std::int64_t executed = 0;
  std::int64_t sequence = 0;
  market::Trade trade;
  if (!(shape.take(form.code) && shape.take_word(frame.code) && shape.take(form.sent) &&
        shape.take_integer(sent) && shape.take(form.day) && shape.take_word(word) &&
        shape.take(form.clock) && shape.take_word(word) && shape.take(form.executed) &&
        shape.take_integer(executed) && shape.take(form.price) && shape.take_number(trade.price) &&
        shape.take(form.quantity) && shape.take_number(trade.quantity) && shape.take(form.side) &&
        shape.take_word(side) && shape.take(form.before) && shape.pass_number() &&
        shape.take(form.change) && shape.take_word(word) && shape.take(form.change_price) &&
        shape.pass_number() && shape.take(form.sequence) && shape.take_integer(sequence))) {
    return false;
  }
  if (shape.take(form.offers[0])) {
    if (!(shape.pass_number() && shape.take(form.offers[1]) && shape.pass_number() &&
          shape.take(form.offers[2]) && shape.pass_number() && shape.take(form.offers[3]) &&
          shape.pass_number())) {
      return false;
    }
  }
  if (!(shape.take(form.stream) && shape.take_word(word) && shape.take("}") && shape.is_at_end())) {
    return false;
  }
  if (frame.code.empty() || !in_time(sent) || !in_time(executed)) return false;
  if (side != "ASK" && side != "BID") return false;
  trade.buyer_is_maker = side == "ASK";
  trade.time = time::from_milliseconds(executed);
  trade.sequence = static_cast<std::uint64_t>(sequence);
  frame.kind = Frame::Kind::trade;
  frame.time = time::from_milliseconds(sent);
  frame.trade = trade;
  return true;
}

enum class Part : std::uint8_t {
  type,
  code,
  sent,
  executed,
  open,
  high,
  low,
  price,
  quantity,
  side,
  sequence,
  change_rate,
  day_volume,
  day_amount,
  open_time,
  candle_volume,
  error,
};

struct Name {
  std::string_view in_default;
  std::string_view in_simple;
  Part part;
};

constexpr std::array<Name, 17> names = {{
    {"type", "ty", Part::type},
    {"code", "cd", Part::code},
    {"timestamp", "tms", Part::sent},
    {"trade_timestamp", "ttms", Part::executed},
    {"opening_price", "op", Part::open},
    {"high_price", "hp", Part::high},
    {"low_price", "lp", Part::low},
    {"trade_price", "tp", Part::price},
    {"trade_volume", "tv", Part::quantity},
    {"ask_bid", "ab", Part::side},
    {"sequential_id", "sid", Part::sequence},
    {"signed_change_rate", "scr", Part::change_rate},
    {"acc_trade_volume_24h", "atv24h", Part::day_volume},
    {"acc_trade_price_24h", "atp24h", Part::day_amount},
    {"candle_date_time_utc", "cdttmu", Part::open_time},
    {"candle_acc_trade_volume", "catv", Part::candle_volume},
    {"error", "error", Part::error},
}};

const Name* find_name(std::string_view text) noexcept {
  for (const Name& name : names) {
    if (text == name.in_default || text == name.in_simple) return &name;
  }
  return nullptr;
}

/// Everything that a message may hold, before it is known what it is.
struct Fields {
  std::string_view type;
  std::string_view code;
  std::string_view side;
  std::string_view error;
  time::Timestamp sent{};
  time::Timestamp executed{};
  time::Timestamp open_time{};
  double open = 0;
  double high = 0;
  double low = 0;
  double price = 0;
  double quantity = 0;
  double change_rate = 0;
  double day_volume = 0;
  double day_amount = 0;
  double candle_volume = 0;
  std::uint64_t sequence = 0;
  std::uint32_t seen = 0;

  template <class... Members>
  [[nodiscard]] bool has(Members... members) const noexcept {
    const std::uint32_t wanted = (... | (1U << static_cast<unsigned>(members)));
    return (seen & wanted) == wanted;
  }
};

time::Timestamp read_time(JsonCursor& cursor) noexcept {
  const std::int64_t milliseconds = cursor.integer();
  if (in_time(milliseconds)) return time::from_milliseconds(milliseconds);
  cursor.fail();
  return {};
}

/// `2020-02-25T06:41:00`, without a zone.
time::Timestamp read_clock(JsonCursor& cursor) noexcept {
  const std::string_view text = cursor.text();
  constexpr std::string_view form = "dddd-dd-ddTdd:dd:dd";
  std::array<int, 6> parts{};
  std::size_t part = 0;
  bool is_good = text.size() == form.size();
  for (std::size_t i = 0; is_good && i < form.size(); ++i) {
    if (form[i] != 'd') {
      is_good = text[i] == form[i];
      ++part;
    } else {
      is_good = text[i] >= '0' && text[i] <= '9';
      parts[part] = parts[part] * 10 + (text[i] - '0');
    }
  }
  const std::chrono::year_month_day day{std::chrono::year{parts[0]},
                                        std::chrono::month{static_cast<unsigned>(parts[1])},
                                        std::chrono::day{static_cast<unsigned>(parts[2])}};
  is_good = is_good && day.ok() && parts[0] >= 1970 && parts[0] <= 2200 && parts[3] < 24 &&
            parts[4] < 60 && parts[5] < 60;
  if (!is_good) {
    cursor.fail();
    return {};
  }
  return time::Timestamp{std::chrono::sys_days{day}} + std::chrono::hours{parts[3]} +
         std::chrono::minutes{parts[4]} + std::chrono::seconds{parts[5]};
}

/// The sentence of `{"name":"WRONG_FORMAT","message":"..."}`, its name when it has an escape.
std::string_view read_error(JsonCursor& cursor) noexcept {
  std::string_view name;
  std::string_view error;
  if (cursor.peek() != '{') {
    cursor.skip();
    return "refused";
  }
  cursor.object();
  while (cursor.member(name)) {
    if (name == "name" && cursor.peek() == '"') {
      error = cursor.text();
    } else {
      cursor.skip();
    }
  }
  return error;
}

void read_part(JsonCursor& cursor, Part part, Fields& fields) noexcept {
  switch (part) {
    case Part::type:
      fields.type = cursor.text();
      return;
    case Part::code:
      fields.code = cursor.text();
      return;
    case Part::sent:
      fields.sent = read_time(cursor);
      return;
    case Part::executed:
      fields.executed = read_time(cursor);
      return;
    case Part::open:
      fields.open = cursor.real();
      return;
    case Part::high:
      fields.high = cursor.real();
      return;
    case Part::low:
      fields.low = cursor.real();
      return;
    case Part::price:
      fields.price = cursor.real();
      return;
    case Part::quantity:
      fields.quantity = cursor.real();
      return;
    case Part::side:
      fields.side = cursor.text();
      return;
    case Part::sequence:
      fields.sequence = cursor.unsigned_integer();
      return;
    case Part::change_rate:
      fields.change_rate = cursor.real();
      return;
    case Part::day_volume:
      fields.day_volume = cursor.real();
      return;
    case Part::day_amount:
      fields.day_amount = cursor.real();
      return;
    case Part::open_time:
      fields.open_time = read_clock(cursor);
      return;
    case Part::candle_volume:
      fields.candle_volume = cursor.real();
      return;
    case Part::error:
      fields.error = read_error(cursor);
      return;
  }
}

bool to_trade(const Fields& fields, Frame& frame) noexcept {
  if (!fields.has(Part::code, Part::executed, Part::price, Part::quantity, Part::side,
                  Part::sequence) ||
      (fields.side != "ASK" && fields.side != "BID")) {
    return false;
  }
  frame.kind = Frame::Kind::trade;
  frame.trade = {.time = fields.executed,
                 .price = fields.price,
                 .quantity = fields.quantity,
                 .sequence = fields.sequence,
                 .buyer_is_maker = fields.side == "ASK"};
  return true;
}

bool to_ticker(const Fields& fields, Frame& frame) noexcept {
  if (!fields.has(Part::code, Part::sent, Part::price, Part::change_rate, Part::day_volume,
                  Part::day_amount)) {
    return false;
  }
  frame.kind = Frame::Kind::ticker;
  frame.ticker = {.instrument = 0,
                  .time = fields.sent,
                  .price = fields.price,
                  .change_rate = fields.change_rate,
                  .day_volume = fields.day_volume,
                  .day_trade_amount = fields.day_amount};
  return true;
}

bool to_candle(const Fields& fields, Frame& frame) noexcept {
  if (!fields.has(Part::code, Part::open_time, Part::open, Part::high, Part::low, Part::price,
                  Part::candle_volume)) {
    return false;
  }
  frame.kind = Frame::Kind::candle;
  frame.timeframe = market::Timeframe::minute();
  frame.is_closed.reset();
  frame.candle = {.open_time = fields.open_time,
                  .open = fields.open,
                  .high = fields.high,
                  .low = fields.low,
                  .close = fields.price,
                  .volume = fields.candle_volume};
  return true;
}

/// The type of a message, found before it is read: in other types, equal names may have values of
/// another kind, and SIMPLE's short names are words of nothing.
std::string_view type_of(JsonCursor cursor, bool& is_error) noexcept {
  std::string_view name;
  std::string_view type;
  cursor.object();
  while (cursor.member(name)) {
    if ((name == "type" || name == "ty") && cursor.peek() == '"') {
      return cursor.text();
    }
    is_error = is_error || name == "error";
    cursor.skip();
  }
  return type;
}

}  // namespace

bool parse_frame_generally(std::string_view text, Frame& frame) noexcept {
  JsonCursor cursor(text);
  if (cursor.peek() != '{') return false;
  bool is_error = false;
  const std::string_view type = type_of(cursor, is_error);
  const bool is_followed = type == "trade" || type == "ticker" || type == "candle.1m";
  if (!is_followed && !is_error) {
    frame.kind = Frame::Kind::other;
    cursor.skip();
    return cursor.finished();
  }
  Fields fields;
  std::string_view word;
  cursor.object();
  while (cursor.member(word)) {
    const Name* const name = find_name(word);
    if (name == nullptr || (is_error && name->part != Part::error)) {
      cursor.skip();
      continue;
    }
    const std::uint32_t mask = 1U << static_cast<unsigned>(name->part);
    if ((fields.seen & mask) != 0) {
      cursor.fail();
    } else {
      fields.seen |= mask;
      read_part(cursor, name->part, fields);
    }
  }
  if (!cursor.finished()) return false;
  frame.code = fields.code;
  if (fields.has(Part::sent)) frame.time = fields.sent;
  if (is_error) {
    frame.kind = Frame::Kind::refusal;
    frame.reason = fields.error;
    return true;
  }
  if (fields.has(Part::code) && fields.code.empty()) return false;
  if (type == "trade") return to_trade(fields, frame);
  if (type == "ticker") return to_ticker(fields, frame);
  return to_candle(fields, frame);
}

bool parse_frame(std::string_view text, Frame& frame) noexcept {
  return parse_trade_quickly<default_text>(text, frame) ||
         parse_trade_quickly<simple_text>(text, frame) || parse_frame_generally(text, frame);
}

}  // namespace hts::upbit
