#include "adapters/binance/binance_frame.hpp"

#include <chrono>
#include <cstdint>

#include "adapters/feed/shape.hpp"
#include "engine/json/json_cursor.hpp"

namespace hts::binance {
namespace {

using feed::Frame;
using json::JsonCursor;

/// Timestamps fit nanoseconds in 64 bits until the year 2262.
constexpr std::int64_t last_millisecond = INT64_MAX / 1'000'000;

bool in_time(std::int64_t milliseconds) {
  return milliseconds >= 0 && milliseconds <= last_millisecond;
}

/// `{"e":"trade",...}` as Binance writes it, with or without the numbers of the orders.
bool take_trade(feed::Shape& shape, Frame& frame) noexcept {
  std::int64_t sent = 0;
  std::int64_t executed = 0;
  std::int64_t number = 0;
  std::int64_t order = 0;
  bool is_best_match = false;
  market::Trade trade;
  if (!(shape.take(R"({"e":"trade","E":)") && shape.take_integer(sent) && shape.take(R"(,"s":")") &&
        shape.take_word(frame.code) && shape.take(R"(,"t":)") && shape.take_integer(number) &&
        shape.take(R"(,"p":")") && shape.take_number(trade.price) && shape.take(R"(","q":")") &&
        shape.take_number(trade.quantity))) {
    return false;
  }
  if (shape.take(R"(","b":)")) {
    if (!(shape.take_integer(order) && shape.take(R"(,"a":)") && shape.take_integer(order) &&
          shape.take(R"(,"T":)"))) {
      return false;
    }
  } else if (!shape.take(R"(","T":)")) {
    return false;
  }
  if (!(shape.take_integer(executed) && shape.take(R"(,"m":)") &&
        shape.take_boolean(trade.buyer_is_maker) && shape.take(R"(,"M":)") &&
        shape.take_boolean(is_best_match) && shape.take("}"))) {
    return false;
  }
  if (frame.code.empty() || !in_time(sent) || !in_time(executed)) return false;
  trade.time = time::from_milliseconds(executed);
  trade.sequence = static_cast<std::uint64_t>(number);
  frame.kind = Frame::Kind::trade;
  frame.time = time::from_milliseconds(sent);
  frame.trade = trade;
  return true;
}

bool parse_trade_quickly(std::string_view text, Frame& frame) noexcept {
  feed::Shape shape(text);
  std::string_view stream;
  if (shape.take(R"({"stream":")")) {
    return shape.take_word(stream) && shape.take(R"(,"data":)") && take_trade(shape, frame) &&
           shape.take("}") && shape.is_at_end();
  }
  return take_trade(shape, frame) && shape.is_at_end();
}

/// The one-letter members of Binance, by letter: which were there, and as what.
struct Letters {
  static constexpr unsigned bit(char letter) {
    return letter >= 'a' ? static_cast<unsigned>(letter - 'a')
                         : static_cast<unsigned>(letter - 'A' + 26);
  }
  [[nodiscard]] bool has(std::string_view letters) const noexcept {
    for (const char letter : letters) {
      if ((seen >> bit(letter) & 1U) == 0) return false;
    }
    return true;
  }
  /// False when it was there before.
  [[nodiscard]] bool note(char letter) noexcept {
    const std::uint64_t mask = std::uint64_t{1} << bit(letter);
    const bool is_new = (seen & mask) == 0;
    seen |= mask;
    return is_new;
  }
  std::uint64_t seen = 0;
};

void read_time(JsonCursor& cursor, time::Timestamp& to) noexcept {
  const std::int64_t milliseconds = cursor.integer();
  if (in_time(milliseconds)) {
    to = time::from_milliseconds(milliseconds);
  } else {
    cursor.fail();
  }
}

/// Calls `read(letter)` for each one-letter member, which reads its value or returns false to pass
/// over it; refuses one that comes twice and is read.
template <class Read>
Letters walk(JsonCursor& cursor, Read read) {
  Letters letters;
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    const bool is_letter = name.size() == 1 && ((name[0] >= 'a' && name[0] <= 'z') ||
                                                (name[0] >= 'A' && name[0] <= 'Z'));
    if (!is_letter || !read(name[0])) {
      cursor.skip();
    } else if (!letters.note(name[0])) {
      cursor.fail();
    }
  }
  return letters;
}

void read_trade(JsonCursor& cursor, Frame& frame) noexcept {
  market::Trade trade;
  const Letters letters = walk(cursor, [&](char letter) {
    switch (letter) {
      case 'E':
        read_time(cursor, frame.time);
        return true;
      case 's':
        frame.code = cursor.text();
        return true;
      case 't':
        trade.sequence = cursor.unsigned_integer();
        return true;
      case 'p':
        trade.price = cursor.quoted_real();
        return true;
      case 'q':
        trade.quantity = cursor.quoted_real();
        return true;
      case 'T':
        read_time(cursor, trade.time);
        return true;
      case 'm':
        trade.buyer_is_maker = cursor.boolean();
        return true;
      default:
        return false;
    }
  });
  if (!letters.has("stpqTm") || frame.code.empty()) cursor.fail();
  frame.kind = Frame::Kind::trade;
  frame.trade = trade;
}

void read_kline_body(JsonCursor& cursor, Frame& frame) noexcept {
  market::Candle candle;
  bool is_closed = false;
  std::string_view interval;
  const Letters letters = walk(cursor, [&](char letter) {
    switch (letter) {
      case 't':
        read_time(cursor, candle.open_time);
        return true;
      case 'i':
        interval = cursor.text();
        return true;
      case 'o':
        candle.open = cursor.quoted_real();
        return true;
      case 'h':
        candle.high = cursor.quoted_real();
        return true;
      case 'l':
        candle.low = cursor.quoted_real();
        return true;
      case 'c':
        candle.close = cursor.quoted_real();
        return true;
      case 'v':
        candle.volume = cursor.quoted_real();
        return true;
      case 'x':
        is_closed = cursor.boolean();
        return true;
      default:
        return false;
    }
  });
  if (!letters.has("tiohlcvx")) return cursor.fail();
  frame.candle = candle;
  frame.is_closed = is_closed;
  // 1M is a month here, and 1s, 2h, ... are none of ours: they are passed over.
  constexpr std::string_view minute = "1m";
  frame.kind = interval == minute ? Frame::Kind::candle : Frame::Kind::other;
  frame.timeframe = market::Timeframe::minute();
}

void read_kline(JsonCursor& cursor, Frame& frame) noexcept {
  const Letters letters = walk(cursor, [&](char letter) {
    switch (letter) {
      case 'E':
        read_time(cursor, frame.time);
        return true;
      case 's':
        frame.code = cursor.text();
        return true;
      case 'k':
        read_kline_body(cursor, frame);
        return true;
      default:
        return false;
    }
  });
  if (!letters.has("sk") || frame.code.empty()) cursor.fail();
}

void read_ticker(JsonCursor& cursor, Frame& frame) noexcept {
  ports::FeedTicker ticker;
  const Letters letters = walk(cursor, [&](char letter) {
    switch (letter) {
      case 'E':
        read_time(cursor, frame.time);
        return true;
      case 's':
        frame.code = cursor.text();
        return true;
      case 'c':
        ticker.price = cursor.quoted_real();
        return true;
      case 'P':
        ticker.change_rate = cursor.quoted_real() / 100;
        return true;
      case 'v':
        ticker.day_volume = cursor.quoted_real();
        return true;
      case 'q':
        ticker.day_trade_amount = cursor.quoted_real();
        return true;
      default:
        return false;
    }
  });
  if (!letters.has("EscPvq") || frame.code.empty()) cursor.fail();
  ticker.time = frame.time;
  frame.kind = Frame::Kind::ticker;
  frame.ticker = ticker;
}

void read_quote(JsonCursor& cursor, Frame& frame) noexcept {
  ports::FeedQuote quote;
  const Letters letters = walk(cursor, [&](char letter) {
    switch (letter) {
      case 's':
        frame.code = cursor.text();
        return true;
      case 'b':
        quote.bid = cursor.quoted_real();
        return true;
      case 'B':
        quote.bid_quantity = cursor.quoted_real();
        return true;
      case 'a':
        quote.ask = cursor.quoted_real();
        return true;
      case 'A':
        quote.ask_quantity = cursor.quoted_real();
        return true;
      default:
        return false;
    }
  });
  if (!letters.has("sbBaA") || frame.code.empty()) cursor.fail();
  frame.kind = Frame::Kind::quote;
  frame.quote = quote;
}

/// What an event is, found before it is read: its members may come in any order.
struct Event {
  std::string_view name;  ///< of the member `e`
  bool has_error = false;
  bool has_update_number = false;  ///< book tickers have no `e`
  std::string_view error;
};

Event look_at(JsonCursor cursor) noexcept {
  Event event;
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    if ((name == "e" || name == "event") && cursor.peek() == '"' && event.name.empty()) {
      event.name = cursor.text();
    } else if (name == "error" && cursor.peek() == '{') {
      event.has_error = true;
      cursor.object();
      while (cursor.member(name)) {
        if (name == "msg" && cursor.peek() == '"') {
          event.error = cursor.text();
        } else {
          cursor.skip();
        }
      }
    } else {
      event.has_update_number = event.has_update_number || name == "u";
      cursor.skip();
    }
  }
  return event;
}

void read_event(JsonCursor& cursor, Frame& frame) noexcept {
  if (cursor.peek() != '{') {
    frame.kind = Frame::Kind::other;
    return cursor.skip();
  }
  const Event event = look_at(cursor);
  if (event.name == "trade") return read_trade(cursor, frame);
  if (event.name == "kline") return read_kline(cursor, frame);
  if (event.name == "24hrTicker") return read_ticker(cursor, frame);
  if (event.name.empty() && event.has_update_number) return read_quote(cursor, frame);
  frame.kind = Frame::Kind::other;
  if (event.name == "serverShutdown") frame.kind = Frame::Kind::shutdown;
  if (event.has_error) {
    frame.kind = Frame::Kind::refusal;
    frame.reason = event.error;
  }
  cursor.skip();
}

bool is_combined(JsonCursor cursor) noexcept {
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    if (name == "stream") return true;
    cursor.skip();
  }
  return false;
}

}  // namespace

bool parse_frame_generally(std::string_view text, Frame& frame) noexcept {
  JsonCursor cursor(text);
  if (cursor.peek() != '{') return false;
  if (!is_combined(cursor)) {
    read_event(cursor, frame);
    return cursor.finished();
  }
  bool has_data = false;
  std::string_view name;
  cursor.object();
  while (cursor.member(name)) {
    if (name != "data") {
      cursor.skip();
    } else if (has_data) {
      cursor.fail();
    } else {
      has_data = true;
      read_event(cursor, frame);
    }
  }
  return has_data && cursor.finished();
}

bool parse_frame(std::string_view text, Frame& frame) noexcept {
  return parse_trade_quickly(text, frame) || parse_frame_generally(text, frame);
}

}  // namespace hts::binance
