#include "adapters/upbit/upbit_history.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "engine/market/candle_grid.hpp"
#include "engine/market/candle_series.hpp"

namespace hts::upbit {
namespace {

using result::ErrorCode;
using result::Status;

/// One fetch on its way from the end of a range to its beginning.
class BackwardFetch {
 public:
  BackwardFetch(UpbitClient& client, ports::CandleStore& store, const market::Symbol& symbol,
                market::Timeframe timeframe, time::TimeRange range, const HistoryOptions& options)
      : client_(client),
        store_(store),
        symbol_(symbol),
        timeframe_(timeframe),
        options_(options),
        begin_(range.begin),
        end_(std::min(range.end, client.now())),
        cursor_(end_) {}

  HistoryReport run() {
    auto status = find_present();
    if (status) status = fetch_all();
    if (!status) report_.stopped_by = status.error();
    // What arrived before a failure is kept, so that the next fetch need not ask for it again.
    if (!store_failed_) {
      if (auto merged = merge(); !merged) report_.stopped_by = merged.error();
    }
    report_.requests = client_.requests();
    report_.retries = client_.retries();
    return std::move(report_);
  }

 private:
  Status find_present() {
    if (begin_ >= end_) {
      return result::make_error(ErrorCode::invalid,
                                "There are no candles between " + time::format_iso8601(begin_) +
                                    " and now: choose an earlier beginning.",
                                "from");
    }
    auto series = store_.load(symbol_, timeframe_, {begin_, end_});
    if (series) {
      present_ = std::move(series->open_time);
    } else if (series.error().code != ErrorCode::not_found &&
               series.error().code != ErrorCode::unknown_symbol) {
      return std::move(series).error();
    }
    return result::success();
  }

  Status fetch_all() {
    int pages_to_merge = 0;
    for (;;) {
      skip_present();
      if (options_.progress) {
        options_.progress(end_ - std::max(cursor_, begin_), end_ - begin_);
      }
      if (cursor_ <= begin_) return result::success();
      auto page = client_.page_before(symbol_, timeframe_, cursor_);
      if (!page) return std::move(page).error();
      ++report_.pages;
      if (page->candles.empty()) {
        report_.market_begins_here = true;
        cursor_ = begin_;
        return result::success();
      }
      if (auto taken = take(*page); !taken) return taken;
      if (++pages_to_merge >= options_.pages_a_merge) {
        pages_to_merge = 0;
        if (auto merged = merge(); !merged) return merged;
      }
    }
  }

  /// Moves the cursor back over the run of candles, without a hole, that ends at it.
  void skip_present() {
    time::Timestamp open_after = market::candle_open_at(cursor_, timeframe_);
    if (open_after < cursor_) open_after += timeframe_.length();
    auto run_begin = std::lower_bound(present_.begin(), present_.end(), open_after);
    const auto run_end = run_begin;
    while (run_begin != present_.begin() && *(run_begin - 1) == open_after - timeframe_.length()) {
      --run_begin;
      open_after -= timeframe_.length();
    }
    report_.skipped += static_cast<std::uint64_t>(run_end - run_begin);
    if (run_begin != run_end) cursor_ = open_after;
  }

  Status take(const UpbitPage& page) {
    if (page.timeframe && *page.timeframe != timeframe_) {
      return result::make_error(ErrorCode::malformed, "Upbit answered with candles of " +
                                                          std::string{page.timeframe->name()} +
                                                          " instead of " +
                                                          std::string{timeframe_.name()} + ".");
    }
    time::Timestamp oldest = cursor_;
    for (const market::Candle& candle : page.candles) {
      if (candle.open_time >= cursor_) continue;
      oldest = std::min(oldest, candle.open_time);
      const bool closed = candle.open_time + timeframe_.length() <= client_.now();
      if (closed && candle.open_time >= begin_) {
        pending_.push_back(candle);
        ++report_.received;
      }
    }
    if (oldest == cursor_) {
      return result::make_error(ErrorCode::malformed, "Upbit sent no candle before " +
                                                          time::format_iso8601(cursor_) +
                                                          " but the same ones again: try later.");
    }
    cursor_ = oldest;
    return result::success();
  }

  /// Writes what is pending; then everything from the cursor on is in the catalog.
  Status merge() {
    if (!pending_.empty()) {
      std::sort(pending_.begin(), pending_.end(),
                [](const auto& a, const auto& b) { return a.open_time < b.open_time; });
      const auto same_time = [](const auto& a, const auto& b) {
        return a.open_time == b.open_time;
      };
      pending_.erase(std::unique(pending_.begin(), pending_.end(), same_time), pending_.end());
      market::CandleSeries series;
      series.reserve(pending_.size());
      for (const market::Candle& candle : pending_) series.push_back(candle);
      auto written = ports::write_all_years(store_, symbol_, timeframe_, series.view());
      store_failed_ = !written;
      if (!written) return std::move(written).error();
      report_.written += *written;
      pending_.clear();
    }
    if (cursor_ < end_) report_.complete_from = std::max(cursor_, begin_);
    return result::success();
  }

  UpbitClient& client_;
  ports::CandleStore& store_;
  market::Symbol symbol_;
  market::Timeframe timeframe_;
  const HistoryOptions& options_;
  time::Timestamp begin_;
  time::Timestamp end_;
  time::Timestamp cursor_;  ///< everything from here on is pending or in the catalog
  std::vector<time::Timestamp> present_;
  std::vector<market::Candle> pending_;
  bool store_failed_ = false;
  HistoryReport report_;
};

}  // namespace

HistoryReport fetch_history(UpbitClient& client, ports::CandleStore& store,
                            const market::Symbol& symbol, market::Timeframe timeframe,
                            time::TimeRange range, const HistoryOptions& options) {
  return BackwardFetch(client, store, symbol, timeframe, range, options).run();
}

}  // namespace hts::upbit
