#include "adapters/report/html_data.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

#include "engine/json/json_writer.hpp"

namespace hts::report {
namespace {

/// Eight digits are more than a screen shows.
void append_short(std::string& text, double value) {
  if (!std::isfinite(value)) {
    text += "null";
    return;
  }
  char digits[32];
  const int length = std::snprintf(digits, sizeof digits, "%.8g", value);
  text.append(digits, static_cast<std::size_t>(length));
}

void append_numbers(std::string& text, const char* name, const std::vector<double>& values) {
  text += '"';
  text += name;
  text += "\":[";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += ',';
    append_short(text, values[i]);
  }
  text += ']';
}

/// A JSON string in which nothing can end the element around it.
void append_text(std::string& text, std::string_view value) {
  std::string quoted;
  json::append_string(quoted, value);
  for (const char character : quoted) {
    switch (character) {
      case '<':
        text += "\\u003c";
        break;
      case '>':
        text += "\\u003e";
        break;
      case '&':
        text += "\\u0026";
        break;
      default:
        text += character;
    }
  }
}

std::int64_t seconds(time::Timestamp moment) {
  return std::chrono::floor<std::chrono::seconds>(moment).time_since_epoch().count();
}

void append_trade(std::string& text, const backtest::PortfolioTrade& trade) {
  text += '[' + std::to_string(trade.symbol) + ',' + std::to_string(trade.slot) + ',' +
          std::to_string(trade.entry_bar) + ',' + std::to_string(trade.exit_bar) + ',' +
          std::to_string(seconds(trade.entry_time)) + ',' +
          std::to_string(seconds(trade.exit_time));
  for (const double value :
       {trade.entry_price, trade.exit_price, trade.quantity, trade.profit, trade.return_fraction,
        trade.commission, trade.adverse_excursion, trade.favourable_excursion}) {
    text += ',';
    append_short(text, value);
  }
  text += ",\"";
  text += name_of(trade.reason);
  text += "\"]";
}

void append_symbols(std::string& text, const backtest::PortfolioReport& report,
                    const ChartData& data) {
  text += ",\"names\":[";
  for (std::size_t i = 0; i < report.result.symbols.size(); ++i) {
    if (i > 0) text += ',';
    append_text(text, report.result.symbols[i].text());
  }
  text += "],\"slots\":[";
  for (std::size_t i = 0; i < report.slots.size(); ++i) {
    if (i > 0) text += ',';
    append_text(text, report.slots[i].strategy);
  }
  text += "],\"symbols\":[";
  for (std::size_t i = 0; i < data.symbols.size(); ++i) {
    const auto& symbol = data.symbols[i];
    text += i > 0 ? ",{" : "{";
    append_numbers(text, "open", symbol.open);
    text += ',';
    append_numbers(text, "high", symbol.high);
    text += ',';
    append_numbers(text, "low", symbol.low);
    text += ',';
    append_numbers(text, "close", symbol.close);
    text += '}';
  }
  text += ']';
}

}  // namespace

std::string html_data(const backtest::PortfolioReport& report, const ChartData& data) {
  std::string text = "{\"bars\":" + std::to_string(data.bars) +
                     ",\"bucket\":" + std::to_string(data.bars_a_bucket) + ",\"time\":[";
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    if (i > 0) text += ',';
    text += std::to_string(seconds(data.time[i]));
  }
  text += "],";
  append_numbers(text, "equity", data.equity);
  text += ',';
  append_numbers(text, "drawdown", data.drawdown_pct);
  append_symbols(text, report, data);
  text += ",\"trades\":[";
  const auto& trades = report.result.trades;
  for (std::size_t i = 0; i < std::min(trades.size(), listed_trades); ++i) {
    if (i > 0) text += ',';
    append_trade(text, trades[i]);
  }
  text += "]}";
  return text;
}

}  // namespace hts::report
