#include "adapters/redis_streams/market_message.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include "adapters/journal/msgpack_reader.hpp"
#include "adapters/journal/msgpack_writer.hpp"
#include "engine/json/json_cursor.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::redis_streams {
namespace {

using feed::Frame;

constexpr std::int64_t last_millisecond = INT64_MAX / 1'000'000;

/// What a message may hold, before it is known what it is.
struct Fields {
  std::string_view type;
  std::string_view symbol;
  std::string_view timeframe;
  std::int64_t time = -1;
  std::array<double, 5> numbers{};  ///< price, quantity; or open, high, low, close, volume
  std::uint64_t sequence = 0;
  bool buyer_is_maker = false;
  bool is_closed = false;
  std::uint32_t seen = 0;
};

enum : std::uint32_t {
  price = 1U << 0U,
  quantity = 1U << 1U,
  open = 1U << 2U,
  high = 1U << 3U,
  low = 1U << 4U,
  close = 1U << 5U,
  volume = 1U << 6U,
  timed = 1U << 7U,
  closed = 1U << 8U,
  typed = 1U << 9U,
  named = 1U << 10U,
  lasting = 1U << 11U,
  numbered = 1U << 12U,
  sided = 1U << 13U,
};
constexpr std::uint32_t of_trade = price | quantity | timed;
constexpr std::uint32_t of_candle = open | high | low | close | volume | timed | closed | lasting;

bool to_frame(const Fields& fields, Frame& frame) noexcept {
  const bool is_trade = fields.type == "trade";
  frame.kind = Frame::Kind::other;
  if (!is_trade && fields.type != "candle") return !fields.type.empty();
  const std::uint32_t wanted = is_trade ? of_trade : of_candle;
  if ((fields.seen & wanted) != wanted || fields.symbol.empty()) return false;
  if (fields.time < 0 || fields.time > last_millisecond) return false;
  frame.code = fields.symbol;
  const time::Timestamp time = time::from_milliseconds(fields.time);
  frame.time = time;
  if (is_trade) {
    frame.kind = Frame::Kind::trade;
    frame.trade = {time, fields.numbers[0], fields.numbers[1], fields.sequence,
                   fields.buyer_is_maker};
    return true;
  }
  for (const market::Timeframe timeframe : market::Timeframe::all()) {
    if (timeframe.name() != fields.timeframe) continue;
    frame.kind = Frame::Kind::candle;
    frame.timeframe = timeframe;
    frame.is_closed = fields.is_closed;
    frame.candle = {time,
                    fields.numbers[0],
                    fields.numbers[1],
                    fields.numbers[2],
                    fields.numbers[3],
                    fields.numbers[4]};
    return true;
  }
  return false;
}

struct NumberName {
  std::string_view name;
  std::uint32_t bit;
  std::size_t place;
};
constexpr std::array<NumberName, 7> number_names = {{{"price", price, 0},
                                                     {"quantity", quantity, 1},
                                                     {"open", open, 0},
                                                     {"high", high, 1},
                                                     {"low", low, 2},
                                                     {"close", close, 3},
                                                     {"volume", volume, 4}}};

/// The bit of the member, 0 when it is passed over.
std::uint32_t read_member(json::JsonCursor& cursor, std::string_view name,
                          Fields& fields) noexcept {
  for (const NumberName& number : number_names) {
    if (name != number.name) continue;
    fields.numbers[number.place] = cursor.real();
    return number.bit;
  }
  if (name == "type") {
    fields.type = cursor.text();
    return typed;
  }
  if (name == "symbol") {
    fields.symbol = cursor.text();
    return named;
  }
  if (name == "timeframe") {
    fields.timeframe = cursor.text();
    return lasting;
  }
  if (name == "time" || name == "open_time") {
    fields.time = cursor.integer();
    return timed;
  }
  if (name == "sequence") {
    fields.sequence = cursor.unsigned_integer();
    return numbered;
  }
  if (name == "buyer_is_maker") {
    fields.buyer_is_maker = cursor.boolean();
    return sided;
  }
  if (name == "is_closed") {
    fields.is_closed = cursor.boolean();
    return closed;
  }
  cursor.skip();
  return 0;
}

bool parse_json_message(std::string_view text, Frame& frame) noexcept {
  json::JsonCursor cursor(text);
  Fields fields;
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    const std::uint32_t bit = read_member(cursor, name, fields);
    if ((fields.seen & bit) != 0) cursor.fail();
    fields.seen |= bit;
  }
  return cursor.finished() && to_frame(fields, frame);
}

/// Writers of other languages make integers of whole numbers.
double number(journal::MsgpackReader& reader) noexcept {
  journal::MsgpackReader copy = reader;
  const std::int64_t whole = copy.integer();
  if (!copy.ok()) return reader.real();
  reader = copy;
  return static_cast<double>(whole);
}

bool parse_msgpack_message(std::string_view bytes, Frame& frame) noexcept {
  journal::MsgpackReader reader(bytes);
  Fields fields;
  const std::size_t count = reader.array();
  fields.type = reader.text();
  frame.kind = Frame::Kind::other;
  if (reader.ok() && fields.type != "trade" && fields.type != "candle") return true;
  fields.symbol = reader.text();
  const bool is_trade = fields.type == "trade";
  if (count != (is_trade ? 7U : 10U)) return false;
  if (!is_trade) fields.timeframe = reader.text();
  fields.time = reader.integer();
  for (std::size_t i = 0; i < (is_trade ? 2U : 5U); ++i) fields.numbers[i] = number(reader);
  if (is_trade) {
    fields.sequence = reader.unsigned_integer();
    fields.buyer_is_maker = reader.boolean();
  } else {
    fields.is_closed = reader.boolean();
  }
  fields.seen = of_trade | of_candle;
  return reader.finished() && to_frame(fields, frame);
}

}  // namespace

bool parse_message(std::string_view text, Frame& frame) noexcept {
  return text.starts_with('{') ? parse_json_message(text, frame)
                               : parse_msgpack_message(text, frame);
}

std::string candle_message(const market::Symbol& symbol, market::Timeframe timeframe,
                           const market::Candle& candle, Form form) {
  std::string text;
  if (form == Form::json) {
    json::Writer writer(text);
    writer.begin_object();
    writer.member("type", "candle");
    writer.member("symbol", std::string_view(symbol.text()));
    writer.member("timeframe", timeframe.name());
    writer.member("open_time", time::to_milliseconds(candle.open_time));
    writer.member("open", candle.open);
    writer.member("high", candle.high);
    writer.member("low", candle.low);
    writer.member("close", candle.close);
    writer.member("volume", candle.volume);
    writer.member("is_closed", true);
    writer.end_object();
    return text;
  }
  journal::MsgpackWriter writer(text);
  writer.array(10);
  writer.text("candle");
  writer.text(symbol.text());
  writer.text(timeframe.name());
  writer.integer(time::to_milliseconds(candle.open_time));
  for (const double value : {candle.open, candle.high, candle.low, candle.close, candle.volume}) {
    writer.real(value);
  }
  writer.boolean(true);
  return text;
}

std::string trade_message(const market::Symbol& symbol, const market::Trade& trade, Form form) {
  std::string text;
  if (form == Form::json) {
    json::Writer writer(text);
    writer.begin_object();
    writer.member("type", "trade");
    writer.member("symbol", std::string_view(symbol.text()));
    writer.member("time", time::to_milliseconds(trade.time));
    writer.member("price", trade.price);
    writer.member("quantity", trade.quantity);
    writer.member("sequence", trade.sequence);
    writer.member("buyer_is_maker", trade.buyer_is_maker);
    writer.end_object();
    return text;
  }
  journal::MsgpackWriter writer(text);
  writer.array(7);
  writer.text("trade");
  writer.text(symbol.text());
  writer.integer(time::to_milliseconds(trade.time));
  writer.real(trade.price);
  writer.real(trade.quantity);
  writer.unsigned_integer(trade.sequence);
  writer.boolean(trade.buyer_is_maker);
  return text;
}

}  // namespace hts::redis_streams
