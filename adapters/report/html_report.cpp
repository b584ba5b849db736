#include "adapters/report/html_report.hpp"

#include <algorithm>

#include "adapters/report/chart_data.hpp"
#include "adapters/report/html_assets.hpp"
#include "adapters/report/html_data.hpp"
#include "adapters/report/html_tables.hpp"
#include "adapters/report/markup.hpp"

namespace hts::report {
namespace {

constexpr std::size_t most_charts = 20;

/// The room for candles is shared by the symbols that have a chart.
ChartLimits limits_for(std::size_t symbols) {
  constexpr std::size_t most_buckets = 20'000;
  constexpr std::size_t most_candles = 40'000;
  const std::size_t charts = std::clamp<std::size_t>(symbols, 1, most_charts);
  return {std::min(most_buckets, most_candles / charts), most_charts};
}

std::string head(const std::string& title) {
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
         "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
         "style-src 'unsafe-inline'; script-src 'unsafe-inline'; base-uri 'none'; "
         "form-action 'none'\">\n"
         "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
         escape_markup(title) + "</title>\n<style>" + std::string{html_style()} +
         "</style></head><body>\n";
}

std::string charts(const backtest::PortfolioReport& report, const ChartData& data) {
  std::string html =
      "<section><h2>Price, equity and drawdown</h2>\n<div class=\"bar\">"
      "<select id=\"symbol\" hidden></select><button id=\"in\">zoom in</button>"
      "<button id=\"out\">zoom out</button><button id=\"all\">all</button>"
      "<span class=\"note\">Blue triangles are entries (up: long, down: short), green and red "
      "dots exits with profit and loss.";
  if (data.bars_a_bucket > 1) {
    html += " Each point stands for " + std::to_string(data.bars_a_bucket) + " of " +
            std::to_string(data.bars) + " bars.";
  }
  if (report.result.symbols.size() > most_charts) {
    html += " The first " + std::to_string(most_charts) + " of " +
            std::to_string(report.result.symbols.size()) + " symbols have a chart.";
  }
  return html +
         "</span></div>\n<div id=\"charts\"><canvas id=\"chart\"></canvas><div id=\"tip\"></div>"
         "</div>\n<noscript><p class=\"note\">Charts and the list of trades need "
         "JavaScript.</p></noscript></section>\n";
}

std::string trades(std::size_t count) {
  std::string html =
      "<section><h2>Trades</h2>\n<div class=\"bar\"><button id=\"before\">before</button>"
      "<button id=\"after\">after</button><span id=\"page\"></span><span class=\"note\">";
  if (count > listed_trades) {
    html += "The first " + std::to_string(listed_trades) + " of " + std::to_string(count) +
            "; all are in the JSON. ";
  }
  html +=
      "A click shows a trade in the chart.</span></div>\n"
      "<div class=\"scroll\"><table class=\"grid\"><thead><tr>";
  for (const char* name :
       {"#", "Symbol", "Strategy", "Side", "Quantity", "Entry", "Price", "Exit", "Price", "Profit",
        "Return %", "Commission", "Adverse %", "Favourable %", "Reason"}) {
    html += std::string{"<th>"} + name + "</th>";
  }
  return html + "</tr></thead><tbody id=\"trades\"></tbody></table></div></section>\n";
}

}  // namespace

std::string html_report(const backtest::PortfolioReport& report,
                        std::span<const market::CandleView> candles, const ReportDetails& details) {
  const ChartData data =
      chart_data(report.result, candles, limits_for(report.result.symbols.size()));
  std::string html = head(details.title);
  html += "<h1>" + escape_markup(details.title) + "</h1>\n";
  html += warning_list(report.warnings);
  html += statistics_table(report);
  html += charts(report, data);
  html += monthly_table(report.monthly);
  html += group_tables(report);
  html += trades(report.result.trades.size());
  html += "<div class=\"columns\">" + text_table("Parameters", details.parameters) +
          text_table("Data and engine", details.facts) + "</div>\n";
  html += "<script type=\"application/json\" id=\"data\">";
  html += html_data(report, data);
  html += "</script>\n<script>";
  html += html_script();
  html += "</script>\n</body></html>\n";
  return html;
}

}  // namespace hts::report
