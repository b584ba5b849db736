#include "adapters/upbit/upbit_page.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <string>
#include <utility>

#include <boost/json/basic_parser_impl.hpp>

namespace hts::upbit {
namespace {

namespace json = boost::json;

enum Member : unsigned {
  open_time_member = 1U << 0U,
  open_member = 1U << 1U,
  high_member = 1U << 2U,
  low_member = 1U << 3U,
  close_member = 1U << 4U,
  volume_member = 1U << 5U,
};

struct PriceMember {
  std::string_view name;
  unsigned bit;
  double market::Candle::* value;
};

constexpr std::array<PriceMember, 5> price_members = {
    {{"opening_price", open_member, &market::Candle::open},
     {"high_price", high_member, &market::Candle::high},
     {"low_price", low_member, &market::Candle::low},
     {"trade_price", close_member, &market::Candle::close},
     {"candle_acc_trade_volume", volume_member, &market::Candle::volume}}};
constexpr std::string_view open_time_name = "candle_date_time_utc";
constexpr int candle_depth = 2;  // array, object

/// Takes the parser's events and keeps the candles. A failing event says why in `problem`.
struct PageHandler {
  static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
  static constexpr std::size_t max_object_size = 256;
  static constexpr std::size_t max_string_size = 4096;
  static constexpr std::size_t max_key_size = 256;

  UpbitPage page;
  std::string problem;
  int depth = 0;
  std::string key;
  std::string text;
  market::Candle candle;
  unsigned seen = 0;

  using Code = json::error_code;

  bool refuse(std::string why, Code& code) {
    problem = "candle " + std::to_string(page.candles.size() + 1) + ": " + std::move(why);
    code = json::error::syntax;
    return false;
  }
  bool refuse_document(Code& code) {
    problem = "expected an array of Upbit candles, [{\"market\": \"KRW-BTC\", ...}, ...]";
    code = json::error::syntax;
    return false;
  }
  [[nodiscard]] bool in_candle() const { return depth == candle_depth; }

  bool on_document_begin(Code&) { return true; }
  bool on_document_end(Code&) { return true; }
  bool on_array_begin(Code& code) {
    ++depth;
    if (depth == candle_depth) return refuse_document(code);
    return depth != candle_depth + 1 || accept_other("an array", code);
  }
  bool on_array_end(std::size_t, Code&) {
    --depth;
    return true;
  }
  bool on_object_begin(Code& code) {
    ++depth;
    if (depth == 1) return refuse_document(code);
    if (depth == candle_depth) {
      candle = {};
      seen = 0;
    }
    return depth != candle_depth + 1 || accept_other("an object", code);
  }
  bool on_object_end(std::size_t, Code& code) {
    return depth-- != candle_depth || finish_candle(code);
  }
  bool on_key_part(json::string_view part, std::size_t, Code&) {
    if (in_candle()) key.append(part.data(), part.size());
    return true;
  }
  bool on_key(json::string_view part, std::size_t, Code&) {
    if (in_candle()) {
      key.append(part.data(), part.size());
      current_key.swap(key);
      key.clear();
    }
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, Code&) {
    text.append(part.data(), part.size());
    return true;
  }
  bool on_string(json::string_view part, std::size_t, Code& code) {
    text.append(part.data(), part.size());
    const bool accepted = accept_string(code);
    text.clear();
    return accepted;
  }
  bool on_number_part(json::string_view part, Code&) {
    text.append(part.data(), part.size());
    return true;
  }
  bool on_int64(std::int64_t, json::string_view part, Code& code) { return number(part, code); }
  bool on_uint64(std::uint64_t, json::string_view part, Code& code) { return number(part, code); }
  bool on_double(double, json::string_view part, Code& code) { return number(part, code); }
  bool on_bool(bool, Code& code) { return accept_other("true or false", code); }
  bool on_null(Code& code) { return accept_other("null", code); }
  bool on_comment_part(json::string_view, Code&) { return true; }
  bool on_comment(json::string_view, Code&) { return true; }

 private:
  std::string current_key;

  bool number(json::string_view part, Code& code) {
    text.append(part.data(), part.size());
    const bool accepted = accept_number(code);
    text.clear();
    return accepted;
  }

  bool accept_string(Code& code) {
    if (depth < candle_depth) return refuse_document(code);
    if (!in_candle()) return true;
    if (current_key == open_time_name) {
      const auto open_time = time::parse_iso8601(text);
      if (!open_time) return refuse(current_key + " " + open_time.error().message, code);
      candle.open_time = *open_time;
      seen |= open_time_member;
      return true;
    }
    if (current_key == "market") return accept_market(code);
    if (current_key == "first_day_of_period") page.timeframe = *market::Timeframe::parse("1w");
    return !is_read(current_key) || refuse(current_key + " is text, not a number", code);
  }

  bool accept_market(Code& code) {
    auto symbol = market::Symbol::parse(text);
    if (!symbol) return refuse(current_key + " " + symbol.error().message, code);
    if (page.symbol && *page.symbol != *symbol) {
      return refuse("market " + text + " differs from " + page.symbol->upbit_code() +
                        " before it; keep each market in a file of its own",
                    code);
    }
    page.symbol = *std::move(symbol);
    return true;
  }

  bool accept_number(Code& code) {
    if (depth < candle_depth) return refuse_document(code);
    if (!in_candle()) return true;
    double value = 0;
    const auto end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, value);
    for (const PriceMember& member : price_members) {
      if (current_key != member.name) continue;
      if (parsed.ec != std::errc{} || parsed.ptr != end) {
        return refuse(current_key + " " + text.substr(0, 64) + " is too large", code);
      }
      candle.*member.value = value;
      seen |= member.bit;
      return true;
    }
    if (current_key == "unit") return accept_unit(value, code);
    if (current_key == "prev_closing_price" && !page.timeframe) {
      page.timeframe = market::Timeframe::day();
    }
    return !is_read(current_key) || refuse(current_key + " is a number, not text", code);
  }

  bool accept_unit(double minutes, Code& code) {
    const bool whole =
        minutes >= 1 && minutes <= 1e6 && minutes == static_cast<double>(static_cast<int>(minutes));
    const auto timeframe =
        market::Timeframe::of(std::chrono::minutes{whole ? static_cast<int>(minutes) : 0});
    if (!timeframe) return refuse("unit " + text.substr(0, 64) + " is not a timeframe", code);
    if (page.timeframe && *page.timeframe != *timeframe) {
      return refuse("unit " + text + " differs from the candles before it", code);
    }
    page.timeframe = *timeframe;
    return true;
  }

  bool accept_other(const char* what, Code& code) {
    if (depth < candle_depth) return refuse_document(code);
    const bool own_member = depth == candle_depth || depth == candle_depth + 1;
    if (!own_member || !is_read(current_key)) return true;
    return refuse(current_key + " is " + what, code);
  }

  static bool is_read(std::string_view name) {
    return name == open_time_name || name == "market" || name == "unit" ||
           std::any_of(price_members.begin(), price_members.end(),
                       [&](const PriceMember& member) { return member.name == name; });
  }

  bool finish_candle(Code& code) {
    if ((seen & open_time_member) == 0) {
      return refuse(std::string{open_time_name} + " is missing", code);
    }
    for (const PriceMember& member : price_members) {
      if ((seen & member.bit) == 0) return refuse(std::string{member.name} + " is missing", code);
    }
    if (auto defect = market::find_defect(candle)) return refuse(*std::move(defect), code);
    page.candles.push_back(candle);
    return true;
  }
};

/// "line 3, column 14" of a byte offset.
std::string line_and_column(std::string_view json_text, std::size_t offset) {
  const std::string_view before = json_text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t line_begin = before.rfind('\n') + 1;  // npos + 1 is 0
  return "line " + std::to_string(line) + ", column " + std::to_string(offset - line_begin + 1);
}

}  // namespace

result::Result<UpbitPage> parse_upbit_page(std::string_view json_text) {
  json::parse_options options;
  options.max_depth = 16;
  json::basic_parser<PageHandler> parser(options);
  json::error_code code;
  std::size_t consumed = parser.write_some(false, json_text.data(), json_text.size(), code);
  if (!code) {
    const auto rest = json_text.find_first_not_of(" \t\r\n", consumed);
    if (rest != std::string_view::npos) {
      code = json::error::extra_data;
      consumed = rest;
    }
  }
  PageHandler& handler = parser.handler();
  if (!code) return std::move(handler.page);

  const std::string place = line_and_column(json_text, std::min(consumed, json_text.size()));
  std::string problem = std::move(handler.problem);
  const auto kind =
      problem.starts_with("candle ") ? result::ErrorCode::invalid : result::ErrorCode::malformed;
  if (problem.empty()) {
    const bool at_end = code == json::error::incomplete || consumed >= json_text.size();
    problem =
        at_end ? "the JSON ends in the middle: it was cut off" : "not JSON: " + code.message();
  }
  if (!problem.ends_with('.')) problem += '.';
  return result::make_error(kind, place + ": " + problem, place);
}

}  // namespace hts::upbit
