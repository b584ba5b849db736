#pragma once

#include <map>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "engine/ports/candle_store.hpp"

namespace hts::csv {

/// The candle catalog's contract without a disk. Faults are ordered by the test.
class MemoryCandleStore final : public ports::CandleStore {
 public:
  using Candles = std::map<time::Timestamp, market::Candle>;
  using Key = std::pair<market::Symbol, market::Timeframe>;

  bool refuse_stage = false;
  int commits = 0;
  std::vector<int> staged_years;

  const Candles& candles(const char* symbol, const char* timeframe) {
    return content_[{*market::Symbol::parse(symbol), *market::Timeframe::parse(timeframe)}];
  }
  [[nodiscard]] std::size_t series_count() const { return content_.size(); }

  result::Result<market::CandleSeries> load(const market::Symbol& symbol,
                                            market::Timeframe timeframe, time::TimeRange range,
                                            const std::atomic<bool>* cancel = nullptr) override {
    if (ports::is_cancelled(cancel)) return ports::cancelled_load();
    market::CandleSeries series;
    const auto found = content_.find({symbol, timeframe});
    if (found != content_.end()) {
      for (const auto& [open_time, candle] : found->second) {
        if (range.contains(open_time)) series.push_back(candle);
      }
    }
    if (series.empty()) {
      return result::make_error(result::ErrorCode::not_found, "There is nothing.");
    }
    return series;
  }

  result::Result<std::unique_ptr<ports::CandleWrite>> begin_write(
      const market::Symbol& symbol, market::Timeframe timeframe) override {
    return std::unique_ptr<ports::CandleWrite>(
        std::make_unique<Write>(*this, Key{symbol, timeframe}));
  }

  result::Result<std::vector<ports::CatalogFile>> inventory() override {
    std::vector<ports::CatalogFile> files;
    for (const auto& [key, candles] : content_) {
      for (const auto& [open_time, candle] : candles) {
        const int year = time::utc_year(open_time);
        if (files.empty() || files.back().year != year || files.back().symbol != key.first ||
            files.back().timeframe != key.second) {
          files.push_back({key.first, key.second, year, 0, open_time, open_time, 0});
        }
        files.back().candles += 1;
        files.back().last = open_time;
        files.back().bytes += sizeof(market::Candle);
      }
    }
    return files;
  }

 private:
  class Write final : public ports::CandleWrite {
   public:
    Write(MemoryCandleStore& store, Key key) : store_(store), key_(std::move(key)) {}

    result::Status stage(int year, market::CandleView candles) override {
      if (store_.refuse_stage) {
        return result::make_error(result::ErrorCode::storage, "The disk is full.");
      }
      store_.staged_years.push_back(year);
      staged_.append(candles);
      return result::success();
    }

    result::Result<ports::WriteReport> commit() override {
      ports::WriteReport report;
      Candles& present = store_.content_[key_];
      for (std::size_t i = 0; i < staged_.size(); ++i) {
        const auto [place, added] = present.try_emplace(staged_.open_time[i], staged_[i]);
        if (added) {
          ++report.added;
        } else if (place->second == staged_[i]) {
          ++report.unchanged;
        } else {
          ++report.replaced;
          place->second = staged_[i];
        }
      }
      ++store_.commits;
      return report;
    }

   private:
    MemoryCandleStore& store_;
    Key key_;
    market::CandleSeries staged_;
  };

  std::map<Key, Candles> content_;
};

}  // namespace hts::csv
