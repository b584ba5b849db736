#include "adapters/report/plot.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "adapters/report/axis.hpp"
#include "adapters/report/chart_data.hpp"
#include "engine/backtest/statistics/basket.hpp"
#include "engine/time/timestamp.hpp"

namespace hts::report {
namespace {

constexpr int picture_width = 1'600;
constexpr int picture_height = 1'000;
constexpr double left = 130;
constexpr double right = picture_width - 30;
constexpr std::size_t columns = 1'440;
constexpr Colour pale_red{244, 200, 204};

/// One chart: its place, and the values that its top and bottom stand for.
struct Panel {
  double top = 0;
  double bottom = 0;
  double low = 0;
  double high = 1;

  [[nodiscard]] double y(double value) const {
    return bottom - (value - low) / (high - low) * (bottom - top);
  }
  void fit(const std::vector<double>& values) {
    double least = std::numeric_limits<double>::infinity();
    double most = -least;
    for (const double value : values) {
      if (!std::isfinite(value)) continue;
      least = std::min(least, value);
      most = std::max(most, value);
    }
    if (!(least <= most)) least = most = 0;
    double margin = (most - least) * 0.05;
    if (margin == 0) margin = std::max(std::fabs(most) * 0.01, 1e-9);
    low = least - margin;
    high = most + margin;
  }
};

double x_of(double bar, std::size_t bars) {
  return left + (right - left) * (bar + 0.5) / static_cast<double>(std::max<std::size_t>(bars, 1));
}

void add_frame(const Panel& panel, const std::string& title, const std::string& unit,
               Drawing& drawing) {
  const auto steps = round_steps(panel.low, panel.high, 5);
  const double step = steps.size() > 1 ? steps[1] - steps[0] : 0.01;
  for (const double value : steps) {
    const double y = panel.y(value);
    drawing.shapes.push_back(Line{{{left, y}, {right, y}}, palette::grid});
    drawing.shapes.push_back(
        Text{{left - 10, y}, number_text(value, step) + unit, palette::faint, Text::Align::right});
  }
  drawing.shapes.push_back(Text{{left, panel.top - 14}, title, palette::ink});
}

/// The values of the middle of each bucket, broken where there is none.
void add_curve(const Panel& panel, const std::vector<double>& values, const ChartData& data,
               Colour colour, Drawing& drawing) {
  Line line{{}, colour, 1.5};
  const double half = static_cast<double>(data.bars_a_bucket - 1) / 2;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (std::isfinite(values[i])) {
      const double bar = static_cast<double>(i * data.bars_a_bucket) + half;
      line.points.push_back({x_of(bar, data.bars), panel.y(values[i])});
    } else if (!line.points.empty()) {
      drawing.shapes.push_back(line);
      line.points.clear();
    }
  }
  drawing.shapes.push_back(std::move(line));
}

void add_dates(const ChartData& data, double bottom, Drawing& drawing) {
  constexpr std::size_t dates = 5;
  if (data.time.empty()) return;
  for (std::size_t i = 0; i < dates; ++i) {
    const std::size_t bucket = (data.time.size() - 1) * i / (dates - 1);
    const double x = x_of(static_cast<double>(bucket * data.bars_a_bucket), data.bars);
    const auto align = i == 0           ? Text::Align::left
                       : i + 1 == dates ? Text::Align::right
                                        : Text::Align::middle;
    drawing.shapes.push_back(
        Text{{x, bottom + 20}, time::format_minute(data.time[bucket]), palette::faint, align});
    if (data.time.size() == 1) break;
  }
}

/// A triangle of lines whose tip points at (x, y).
void add_mark(double x, double y, bool upwards, Colour colour, Drawing& drawing) {
  const double away = upwards ? 1 : -1;
  for (int i = 0; i < 7; ++i) {
    const double at = y + away * (4 + i);
    const double reach = i * 0.6;
    drawing.shapes.push_back(Line{{{x - reach, at}, {x + reach, at}}, colour, 1});
  }
}

void add_trades(const backtest::PortfolioReport& report, const Panel& panel,
                const std::vector<double>& price_of_bar, Drawing& drawing) {
  constexpr std::size_t most_marks = 4'000;
  const auto& trades = report.result.trades;
  const std::size_t stride = trades.size() / most_marks + 1;
  const std::size_t bars = report.result.time.size();
  const auto y = [&](std::size_t bar) { return panel.y(price_of_bar[std::min(bar, bars - 1)]); };
  for (std::size_t i = 0; i < trades.size(); i += stride) {
    const auto& trade = trades[i];
    const Colour colour = trade.profit > 0 ? palette::green : palette::red;
    add_mark(x_of(static_cast<double>(trade.entry_bar), bars), y(trade.entry_bar), true, colour,
             drawing);
    add_mark(x_of(static_cast<double>(trade.exit_bar), bars), y(trade.exit_bar), false, colour,
             drawing);
  }
}

std::vector<double> of_buckets(const std::vector<double>& of_bars, const ChartData& data) {
  std::vector<double> values;
  for (std::size_t i = 0; i < data.time.size(); ++i) {
    values.push_back(of_bars[std::min((i + 1) * data.bars_a_bucket, data.bars) - 1]);
  }
  return values;
}

}  // namespace

Drawing draw_portfolio(const backtest::PortfolioReport& report,
                       std::span<const market::CandleView> candles, const std::string& title) {
  const auto& result = report.result;
  const ChartData data = chart_data(result, candles, {columns, 0});
  Drawing drawing;
  drawing.width = picture_width;
  drawing.height = picture_height;
  drawing.shapes.push_back(Text{{20, 26}, title, palette::ink, Text::Align::left, 3});
  if (data.bars == 0) return drawing;
  const auto price_of_bar = backtest::basket_closes(result.time, candles, result.warm_up_bars);
  const auto price = of_buckets(price_of_bar, data);
  Panel prices{100, 430};
  prices.fit(price_of_bar);
  Panel equity{480, 750};
  equity.fit(result.equity);
  Panel drawdown{800, 940};
  drawdown.fit(data.drawdown_pct);
  drawdown.high = 0;
  if (drawdown.low >= 0) drawdown.low = -1;
  add_frame(prices, result.symbols.size() == 1 ? result.symbols[0].text() : "basket", "", drawing);
  add_curve(prices, price, data, palette::ink, drawing);
  add_trades(report, prices, price_of_bar, drawing);
  add_frame(equity, "equity", "", drawing);
  add_curve(equity, data.equity, data, palette::blue, drawing);
  for (std::size_t i = 0; i < data.drawdown_pct.size(); ++i) {
    const double x0 = x_of(static_cast<double>(i * data.bars_a_bucket) - 0.5, data.bars);
    const double x1 = x_of(static_cast<double>((i + 1) * data.bars_a_bucket) - 0.5, data.bars);
    const double depth = drawdown.y(data.drawdown_pct[i]) - drawdown.top;
    if (depth >= 0.5) {
      drawing.shapes.push_back(
          Rectangle{{x0, drawdown.top}, std::min(x1, right) - x0, depth, pale_red});
    }
  }
  add_frame(drawdown, "drawdown", "%", drawing);
  add_curve(drawdown, data.drawdown_pct, data, palette::red, drawing);
  add_dates(data, drawdown.bottom, drawing);
  return drawing;
}

}  // namespace hts::report
