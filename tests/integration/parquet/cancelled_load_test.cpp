// Loads and saves that nobody wants any more, cancelled at every step.

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "../backtest_samples.hpp"
#include "../candle_samples.hpp"
#include "../temporary_folder.hpp"
#include "adapters/parquet/duckdb_formats.hpp"
#include "adapters/parquet/parquet_artifact_store.hpp"
#include "adapters/parquet/parquet_candle_store.hpp"
#include "adapters/parquet/plain_candle_read.hpp"
#include "adapters/simulation/plain_formats.hpp"
#include "adapters/simulation/simulated_disk.hpp"

namespace hts::testing {
namespace {

using parquet::CandleFormat;
using parquet::ParquetCandleStore;

/// Sets a flag at one of the steps of somebody's work, and counts those that are made all the same.
struct CancelAt {
  std::size_t step = 0;  ///< the first is 1
  std::size_t steps = 0;
  std::atomic<bool> flag{false};

  void on_step() {
    ++steps;
    if (steps == step) flag = true;
  }
  [[nodiscard]] std::size_t steps_too_many() const { return steps - step; }
};

class CountedFile final : public disk::File {
 public:
  CountedFile(std::unique_ptr<disk::File> file, CancelAt& cancel)
      : file_(std::move(file)), cancel_(cancel) {}
  result::Result<std::size_t> read_at(std::uint64_t offset, std::span<std::byte> into) override {
    cancel_.on_step();
    return file_->read_at(offset, into);
  }
  result::Status write_at(std::uint64_t offset, std::span<const std::byte> bytes) override {
    cancel_.on_step();
    return file_->write_at(offset, bytes);
  }
  result::Status truncate(std::uint64_t size) override { return file_->truncate(size); }
  result::Status sync() override { return file_->sync(); }
  result::Result<std::uint64_t> size() override { return file_->size(); }

 private:
  std::unique_ptr<disk::File> file_;
  CancelAt& cancel_;
};

/// The system's files, each read and write of which is a step.
class CountedDisk final : public disk::Disk {
 public:
  explicit CountedDisk(CancelAt& cancel) : cancel_(cancel) {}

  result::Result<std::unique_ptr<disk::File>> open(const std::filesystem::path& path,
                                                   disk::OpenMode mode) override {
    auto file = below_->open(path, mode);
    if (!file) return file;
    return {std::make_unique<CountedFile>(*std::move(file), cancel_)};
  }
  result::Status make_directories(const std::filesystem::path& folder) override {
    return below_->make_directories(folder);
  }
  result::Status check_writable(const std::filesystem::path& folder) override {
    return below_->check_writable(folder);
  }
  result::Result<bool> exists(const std::filesystem::path& path) override {
    return below_->exists(path);
  }
  result::Result<std::uint64_t> file_size(const std::filesystem::path& path) override {
    return below_->file_size(path);
  }
  result::Result<std::vector<disk::Entry>> list(const std::filesystem::path& folder) override {
    return below_->list(folder);
  }
  result::Status sync_file(const std::filesystem::path& path) override {
    return below_->sync_file(path);
  }
  result::Status sync_directory(const std::filesystem::path& folder) override {
    return below_->sync_directory(folder);
  }
  result::Status rename(const std::filesystem::path& from,
                        const std::filesystem::path& to) override {
    return below_->rename(from, to);
  }
  result::Status remove(const std::filesystem::path& path) override { return below_->remove(path); }
  result::Status remove_all(const std::filesystem::path& path) override {
    return below_->remove_all(path);
  }
  result::Result<std::unique_ptr<disk::Lock>> lock_directory(
      const std::filesystem::path& folder, disk::LockKind kind,
      std::chrono::milliseconds patience) override {
    return below_->lock_directory(folder, kind, patience);
  }
  std::filesystem::path temporary_path(const std::filesystem::path& path) override {
    return below_->temporary_path(path);
  }

 private:
  std::shared_ptr<disk::Disk> below_ = disk::system_disk();
  CancelAt& cancel_;
};

/// A format each read file of which is a step.
class CountedFormat final : public CandleFormat {
 public:
  CountedFormat(std::shared_ptr<CandleFormat> below, CancelAt& cancel)
      : below_(std::move(below)), cancel_(cancel) {}
  result::Status append(const std::filesystem::path& path, time::TimeRange range,
                        market::CandleSeries& candles, const std::atomic<bool>* cancel) override {
    auto appended = below_->append(path, range, candles, cancel);
    cancel_.on_step();
    return appended;
  }
  result::Result<parquet::CandleFileSpan> span(const std::filesystem::path& path) override {
    return below_->span(path);
  }
  result::Status write(const std::filesystem::path& path, market::CandleView candles) override {
    return below_->write(path, candles);
  }

 private:
  std::shared_ptr<CandleFormat> below_;
  CancelAt& cancel_;
};

TEST(CancelledLoad, ends_within_a_block_wherever_it_is_in_a_file) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "2020.parquet";
  // None repeats a value, so that the file's columns are plain.
  market::CandleSeries candles;
  for (int i = 0; i < 100'000; ++i) {
    const double level = i * 1e-3;
    candles.push_back({at("2020-01-01T00:00:00Z") + std::chrono::minutes{i}, 101 + level,
                       103 + level, 100 + level, 101.5 + level, 1 + level});
  }
  ASSERT_TRUE(parquet::DuckdbCandleFormat{nullptr}.write(path, candles.view()));
  CancelAt never;
  CountedDisk disk{never};
  market::CandleSeries whole;
  ASSERT_TRUE(parquet::append_plain(disk, path, {}, whole, &never.flag));
  EXPECT_EQ(whole, candles);
  // Of the file, and of each column of its two groups.
  constexpr std::size_t reads_of_description = 3 + 2 * 8;
  ASSERT_GT(never.steps, 2 * reads_of_description);
  for (std::size_t step = 1; step < never.steps; ++step) {
    CancelAt cancel;
    cancel.step = step;
    CountedDisk counted{cancel};
    market::CandleSeries nothing;
    const bool is_read = parquet::append_plain(counted, path, {}, nothing, &cancel.flag);
    // What is left to read of the last block's columns is read.
    EXPECT_TRUE(!is_read || step + 5 > never.steps) << step;
    EXPECT_EQ(nothing.size(), is_read ? candles.size() : 0U) << step;
    EXPECT_LE(cancel.steps_too_many(), step <= reads_of_description ? reads_of_description : 4U)
        << step;
  }
}

TEST(CancelledLoad, of_a_file_of_other_origin_is_an_error_of_its_own) {
  const TemporaryFolder folder;
  const auto path = folder.path() / "2020.parquet";
  parquet::DuckdbCandleFormat format{nullptr};
  ASSERT_TRUE(format.write(path, candles_from(at("2020-01-01T00:00:00Z"), 10).view()));
  const std::atomic<bool> cancel{true};
  market::CandleSeries candles;
  const auto appended = format.append(path, {}, candles, &cancel);
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, result::ErrorCode::cancelled);
  EXPECT_TRUE(candles.empty());
}

TEST(CancelledLoad, reads_no_further_year) {
  const auto disk = std::make_shared<simulation::SimulatedDisk>(1);
  const auto format = std::make_shared<simulation::PlainCandleFormat>(disk);
  ParquetCandleStore writing{"/data", disk, format, {}};
  const auto hour = market::Timeframe::parse("1h").value();
  const auto candles = candles_from(at("2018-12-31T15:00:00Z"), 2 * 366 * 24, 0, hour);
  ASSERT_TRUE(ports::write_all_years(writing, symbol("BTC_KRW"), hour, candles.view()));
  for (std::size_t step = 1; step <= 3; ++step) {
    CancelAt cancel;
    cancel.step = step;
    ParquetCandleStore store{"/data", disk, std::make_shared<CountedFormat>(format, cancel), {}};
    const auto loaded = store.load(symbol("BTC_KRW"), hour, {}, &cancel.flag);
    ASSERT_FALSE(loaded) << step;
    EXPECT_EQ(loaded.error().code, result::ErrorCode::cancelled);
    EXPECT_EQ(cancel.steps, step);
  }
}

TEST(CancelledSave, leaves_nothing_wherever_it_is) {
  auto run = sample_portfolio_run(1);
  run.document = std::string(20'000'000, '7');
  bool is_saved = false;
  std::size_t step = 1;
  for (; !is_saved; ++step) {
    const TemporaryFolder folder;
    CancelAt cancel;
    cancel.step = step;
    const auto disk = std::make_shared<CountedDisk>(cancel);
    parquet::ParquetArtifactStore store{folder.path(), disk,
                                        std::make_shared<simulation::PlainArtifactFormat>(disk)};
    const auto saved = store.save(run, &cancel.flag);
    is_saved = cancel.steps < step;
    EXPECT_EQ(saved.ok(), is_saved) << step;
    if (!saved) {
      EXPECT_EQ(saved.error().code, result::ErrorCode::cancelled) << step;
      EXPECT_LE(cancel.steps_too_many(), 3U) << step;
    }
    EXPECT_EQ(std::filesystem::is_empty(folder.path()), !is_saved) << step;
  }
  EXPECT_GT(step, 8U) << "a large document is written in pieces";
}

TEST(CancelledSave, breaks_a_table_off_and_the_next_one_is_whole) {
  const TemporaryFolder folder;
  parquet::DuckdbArtifactFormat format{nullptr};
  const auto run = sample_run(1, 100'000);
  const std::atomic<bool> cancel{true};
  const auto broken_off = format.write(folder.path(), run, &cancel);
  ASSERT_FALSE(broken_off);
  EXPECT_EQ(broken_off.error().code, result::ErrorCode::cancelled);
  ASSERT_TRUE(format.write(folder.path(), run, nullptr));
  auto read = sample_run(1, 100'000);
  for (auto& symbol : read.symbols) symbol.report.trades.clear();
  ASSERT_TRUE(format.read_signals(folder.path(), read));
  EXPECT_EQ(read.symbols[0].report.trades.size(), run.symbols[0].report.trades.size());
}

}  // namespace
}  // namespace hts::testing
