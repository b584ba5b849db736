#include "adapters/json/backtest_answer.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/json/parameters_json.hpp"
#include "engine/json/json_text.hpp"

namespace hts::json {
namespace {

using backtest::BacktestRun;
using backtest::SignalTrade;
using backtest::SymbolResult;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

/// An object of the answer and where it stands in it. Reads note the first error and go on with a
/// default, so that a reader looks once at the end.
class AnswerReader {
 public:
  AnswerReader(const boost::json::object& object, std::string path,
               std::optional<result::Error>& error)
      : object_(object), path_(std::move(path)), error_(error) {}

  [[nodiscard]] std::string field(std::string_view name) const {
    return path_.empty() ? std::string{name} : path_ + "." + std::string{name};
  }
  void fail(std::string_view name, const std::string& what) {
    if (error_) return;
    error_ = make_error(ErrorCode::invalid, field(name) + " " + what + ".", field(name));
  }
  /// Null: not there, or null.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const {
    const boost::json::value* value = object_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }

  std::string text(std::string_view name, bool is_needed = false) {
    const boost::json::value* value = find(name);
    if (value != nullptr && value->is_string()) {
      const auto& text = value->get_string();
      if (!is_needed || !text.empty()) return {text.data(), text.size()};
    }
    if (value != nullptr || is_needed)
      fail(name, is_needed ? "is missing or no text" : "is no text");
    return {};
  }
  std::optional<double> number(std::string_view name, bool is_needed = false) {
    const boost::json::value* value = find(name);
    if (value != nullptr && value->is_double()) return value->get_double();
    if (value != nullptr && value->is_int64()) return static_cast<double>(value->get_int64());
    if (value != nullptr && value->is_uint64()) return static_cast<double>(value->get_uint64());
    if (value != nullptr || is_needed)
      fail(name, is_needed ? "is missing or no number" : "is no number");
    return std::nullopt;
  }
  double price(std::string_view name) {
    const auto price = number(name, true).value_or(1.0);
    if (!(price > 0)) fail(name, "is not above 0");
    return price;
  }
  std::optional<std::uint64_t> count(std::string_view name) {
    const boost::json::value* value = find(name);
    if (value == nullptr) return std::nullopt;
    if (value->is_int64() && value->get_int64() >= 0) {
      return static_cast<std::uint64_t>(value->get_int64());
    }
    fail(name, "is no whole number from 0");
    return std::nullopt;
  }
  bool flag(std::string_view name, bool missing) {
    const boost::json::value* value = find(name);
    if (value == nullptr) return missing;
    if (!value->is_bool()) fail(name, "is neither true nor false");
    return value->is_bool() ? value->get_bool() : missing;
  }
  std::optional<time::Timestamp> time(std::string_view name, bool is_needed) {
    const std::string text = this->text(name, is_needed);
    if (text.empty()) return std::nullopt;
    const auto time = time::parse_iso8601(text);
    if (!time) {
      fail(name, "is no ISO 8601 time");
      return std::nullopt;
    }
    return *time;
  }
  const boost::json::array* list(std::string_view name, bool is_needed) {
    const boost::json::value* value = find(name);
    if (value != nullptr && value->is_array()) return &value->get_array();
    if (value != nullptr || is_needed)
      fail(name, is_needed ? "is missing or no list" : "is no list");
    return nullptr;
  }

 private:
  const boost::json::object& object_;
  std::string path_;
  std::optional<result::Error>& error_;
};

bool is_uuid(std::string_view text) {
  constexpr std::string_view pattern = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
  return text.size() == pattern.size() &&
         std::equal(pattern.begin(), pattern.end(), text.begin(), [](char kind, char c) {
           return kind == '-' ? c == '-' : std::isxdigit(static_cast<unsigned char>(c)) != 0;
         });
}

std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return text;
}

SignalTrade read_signal(AnswerReader reader) {
  constexpr double percent = 100.0;
  SignalTrade trade;
  const std::string type = lower_case(reader.text("type"));
  if (!type.empty() && type != "buy") reader.fail("type", "is not buy: only those can be kept");
  trade.time = reader.time("timestamp", true).value_or(time::Timestamp{});
  trade.exit_time = reader.time("exit_timestamp", false).value_or(trade.time);
  trade.entry_price = reader.price("entry_price");
  trade.exit_price = reader.price("exit_price");
  const auto fraction = reader.number("return_pct");
  trade.return_pct =
      fraction ? *fraction * percent : (trade.exit_price / trade.entry_price - 1) * percent;
  trade.index = reader.count("index").value_or(0);
  trade.exit_index = reader.count("exit_index").value_or(trade.index);
  trade.confidence = reader.number("confidence").value_or(0);
  return trade;
}

SymbolResult read_symbol(AnswerReader& reader, std::optional<result::Error>& error,
                         backtest::Mode mode) {
  auto symbol = market::Symbol::parse(reader.text("symbol", true));
  if (!symbol) {
    reader.fail("symbol", "is no trading pair");
    symbol = market::Symbol::parse("BTC_KRW");
  }
  SymbolResult result{*symbol, reader.flag("is_active", true), {}};
  backtest::SignalReport& report = result.report;
  if (const auto* signals = reader.list("signals", false); signals != nullptr) {
    for (std::size_t i = 0; i < signals->size() && !error; ++i) {
      const std::string path = reader.field("signals[" + std::to_string(i) + "]");
      if (const auto* object = (*signals)[i].if_object(); object != nullptr) {
        report.trades.push_back(read_signal({*object, path, error}));
      } else {
        reader.fail("signals[" + std::to_string(i) + "]", "is no object");
      }
    }
  }
  report.statistics = backtest::summarize(report.trades);
  if (mode == backtest::Mode::portfolio) {
    report.statistics.signals = reader.count("trades").value_or(0);
  }
  const auto keep = [&](std::string_view name, double& place) {
    place = reader.number(name).value_or(place);
  };
  keep("win_rate", report.statistics.win_rate);
  keep("avg_return", report.statistics.avg_return_pct);
  keep("max_drawdown", report.statistics.max_drawdown_pct);
  keep("avg_hold_bars", report.statistics.avg_hold_bars);
  report.candles = reader.count("candles").value_or(0);
  return result;
}

void read_symbols(AnswerReader& reader, std::optional<result::Error>& error, BacktestRun& run) {
  const auto* symbols = reader.list("symbols", true);
  if (symbols == nullptr) return;
  std::set<market::Symbol> seen;
  for (std::size_t i = 0; i < symbols->size() && !error; ++i) {
    const std::string path = "symbols[" + std::to_string(i) + "]";
    const auto* object = (*symbols)[i].if_object();
    if (object == nullptr) {
      reader.fail(path, "is no object");
      return;
    }
    AnswerReader of_symbol{*object, path, error};
    SymbolResult result = read_symbol(of_symbol, error, run.mode);
    if (!seen.insert(result.symbol).second) of_symbol.fail("symbol", "is there twice");
    run.total_signals += result.report.trades.size();
    run.symbols.push_back(std::move(result));
  }
}

/// What the account did: all that is not around it.
std::string document_of(const boost::json::object& answer) {
  constexpr std::array<std::string_view, 15> around = {
      "version", "run_id",         "strategy",    "params",   "start_date",
      "symbols", "end_date",       "timeframe",   "mode",     "total_signals",
      "cached",  "execution_time", "description", "metadata", "fingerprint"};
  boost::json::object document;
  for (const auto& member : answer) {
    if (std::ranges::find(around, std::string_view{member.key()}) == around.end()) {
      document[member.key()] = member.value();
    }
  }
  return to_text(document);
}

void read_around(AnswerReader& reader, std::optional<result::Error>& error,
                 time::Timestamp executed_at, BacktestRun& run) {
  run.run_id = lower_case(reader.text("run_id", true));
  if (!is_uuid(run.run_id)) reader.fail("run_id", "is no UUID");
  run.strategy = reader.text("strategy", true);
  if (const auto* params = reader.find("params"); params != nullptr) {
    auto parsed = parse_parameters(*params);
    if (!parsed && !error) error = std::move(parsed).error();
    if (parsed) run.parameters = std::move(*parsed);
  }
  run.start_date = reader.text("start_date");
  run.end_date = reader.text("end_date");
  if (const std::string name = reader.text("timeframe"); !name.empty()) {
    const auto timeframe = market::Timeframe::parse(name);
    if (!timeframe) reader.fail("timeframe", "is none of 1m 3m 5m 10m 15m 30m 1h 4h 1d 1w");
    if (timeframe) run.timeframe = *timeframe;
  }
  if (const std::string name = reader.text("mode"); !name.empty()) {
    const auto mode = backtest::parse_mode(name);
    if (!mode) reader.fail("mode", "is neither signals nor portfolio");
    if (mode) run.mode = *mode;
  }
  run.execution_seconds = reader.number("execution_time").value_or(0);
  run.description = reader.text("description");
  run.fingerprint = reader.text("fingerprint");
  run.executed_at = executed_at;
  const auto* metadata = reader.find("metadata");
  if (metadata == nullptr) return;
  if (!metadata->is_object()) return reader.fail("metadata", "is no object");
  AnswerReader of_metadata{metadata->get_object(), "metadata", error};
  run.executed_at = of_metadata.time("execution_date", false).value_or(executed_at);
  run.environment = of_metadata.text("environment");
  run.execution_host = of_metadata.text("execution_host");
}

}  // namespace

Result<BacktestRun> parse_backtest(const boost::json::value& answer, time::Timestamp executed_at) {
  const boost::json::object* object = answer.if_object();
  if (object == nullptr) {
    return make_error(ErrorCode::invalid, "A backtest answer is a JSON object.");
  }
  std::optional<result::Error> error;
  AnswerReader reader{*object, "", error};
  BacktestRun run;
  read_around(reader, error, executed_at, run);
  read_symbols(reader, error, run);
  const auto total = reader.count("total_signals");
  if (run.mode == backtest::Mode::portfolio) {
    run.document = document_of(*object);
    run.total_signals = total.value_or(0);
  } else if (total && *total != run.total_signals) {
    reader.fail("total_signals", "is not the number of signals that are there");
  }
  if (error) return *std::move(error);
  return run;
}

}  // namespace hts::json
