#include "adapters/json/portfolio_document.hpp"

#include "adapters/json/portfolio_json.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::json {
namespace {

/// Options that may be given several times are arrays.
void write_settings(Writer& writer, const backtest::PortfolioOptions& options) {
  const auto texts = backtest::portfolio_texts(options);
  writer.key("settings");
  writer.begin_object();
  for (const auto& option : backtest::portfolio_options()) {
    if (option.repeatable) {
      writer.key(option.name);
      writer.begin_array();
    }
    for (const auto& text : texts) {
      if (text.name != option.name) continue;
      if (!option.repeatable) writer.key(option.name);
      writer.value(text.text);
    }
    if (option.repeatable) writer.end_array();
  }
  writer.end_object();
}

/// A text that grows by doubling is copied for longer than a cancel may wait.
std::size_t expected_bytes(const backtest::PortfolioResult& result) {
  constexpr std::size_t of_all = 65'536;
  constexpr std::size_t of_bar = 48;
  constexpr std::size_t of_trade = 480;
  return of_all + of_bar * result.equity.size() + of_trade * result.trades.size();
}

}  // namespace

std::string portfolio_document(const backtest::PortfolioRun& run, const std::atomic<bool>* cancel) {
  std::string text;
  text.reserve(expected_bytes(run.report.result));
  Writer writer{text};
  writer.begin_object();
  write_settings(writer, run.options);
  if (!write_portfolio_members(writer, run.report, cancel)) return {};
  if (run.optimistic) {
    writer.key("optimistic");
    writer.begin_object();
    writer.key("statistics");
    write_portfolio_statistics(writer, *run.optimistic);
    writer.end_object();
  }
  writer.end_object();
  return text;
}

}  // namespace hts::json
