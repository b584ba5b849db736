#include "adapters/cli/row_file.hpp"

#include <algorithm>
#include <cctype>
#include <fstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "adapters/parquet/parquet_stream.hpp"
#include "engine/json/json_writer.hpp"

namespace hts::cli {
namespace {

using backtest::RankedStatistic;
using backtest::SweepRequest;
using backtest::TrialRow;
using parameters::ParameterValue;
using result::ErrorCode;
using result::make_error;

enum class RowFormat { parquet, csv };

std::optional<RowFormat> format_of(const std::filesystem::path& path) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  if (extension == ".parquet") return RowFormat::parquet;
  if (extension == ".csv") return RowFormat::csv;
  return std::nullopt;
}

/// Those that the sweep computes.
std::vector<RankedStatistic> statistics_in(const SweepRequest& request) {
  const bool quick = request.trials.objective.statistic().quick;
  std::vector<RankedStatistic> all;
  for (const auto& statistic : backtest::ranked_statistics()) {
    if (!quick || statistic.quick) all.push_back(statistic);
  }
  return all;
}

class CsvRows final : public RowFile {
 public:
  CsvRows(std::filesystem::path path, const SweepRequest& request)
      : path_(std::move(path)),
        unfinished_(path_.string() + ".part"),
        request_(request),
        statistics_(statistics_in(request)),
        out_(unfinished_, std::ios::binary) {
    std::string header = "combination";
    for (const auto& axis : request.space.axes()) header += "," + axis.name();
    for (const auto& statistic : statistics_) header += "," + std::string{statistic.name};
    out_ << header << '\n';
  }
  ~CsvRows() override {
    if (finished_) return;
    std::error_code ignored;
    std::filesystem::remove(unfinished_, ignored);
  }

  result::Status append(std::span<const TrialRow> rows) override {
    std::string text;
    for (const auto& row : rows) {
      text += std::to_string(row.number);
      for (const auto& [name, value] : request_.space.at(row.number)) {
        text += ",";
        append_value(text, value);
      }
      for (const auto& statistic : statistics_) {
        text += ",";
        const double value = statistic.value(row.statistics);
        if (value == value) json::append_number(text, value);
      }
      text += "\n";
    }
    out_ << text;
    return out_ ? result::success() : failed();
  }
  result::Status finish() override {
    out_.close();
    std::error_code moved;
    if (out_) std::filesystem::rename(unfinished_, path_, moved);
    if (!out_ || moved) return failed();
    finished_ = true;
    return result::success();
  }
  [[nodiscard]] bool is_open() const { return out_.is_open(); }
  [[nodiscard]] result::Error failed() const {
    return make_error(
        ErrorCode::storage,
        "Cannot write " + path_.string() + ": check that its folder exists and has space.",
        path_.string());
  }

 private:
  static void append_value(std::string& text, const ParameterValue& value) {
    const auto* words = std::get_if<std::string>(&value);
    if (words == nullptr) {
      text += parameters::to_text(value);
      return;
    }
    text += '"';
    for (const char letter : *words)
      text += letter == '"' ? std::string{"\"\""} : std::string{letter};
    text += '"';
  }

  std::filesystem::path path_;
  std::filesystem::path unfinished_;
  const SweepRequest& request_;
  std::vector<RankedStatistic> statistics_;
  std::ofstream out_;
  bool finished_ = false;
};

class ParquetRows final : public RowFile {
 public:
  ParquetRows(const SweepRequest& request, std::vector<RankedStatistic> statistics,
              parquet::StreamRows types, std::unique_ptr<parquet::ParquetStream> stream)
      : request_(request),
        statistics_(std::move(statistics)),
        types_(std::move(types)),
        stream_(std::move(stream)) {}

  result::Status append(std::span<const TrialRow> rows) override {
    parquet::StreamRows columns = types_;
    for (const auto& row : rows) {
      std::size_t place = 0;
      std::get<std::vector<std::int64_t>>(columns[place++])
          .push_back(static_cast<std::int64_t>(row.number));
      for (const auto& [name, value] : request_.space.at(row.number)) {
        push(columns[place++], value);
      }
      for (const auto& statistic : statistics_) {
        std::get<std::vector<double>>(columns[place++]).push_back(statistic.value(row.statistics));
      }
    }
    return stream_->append(std::move(columns));
  }
  result::Status finish() override { return stream_->finish(); }

 private:
  static void push(parquet::StreamValues& column, const ParameterValue& value) {
    if (auto* integers = std::get_if<std::vector<std::int64_t>>(&column)) {
      integers->push_back(std::get<std::int64_t>(value));
    } else if (auto* numbers = std::get_if<std::vector<double>>(&column)) {
      const auto* integer = std::get_if<std::int64_t>(&value);
      numbers->push_back(integer != nullptr ? static_cast<double>(*integer)
                                            : std::get<double>(value));
    } else {
      std::get<std::vector<std::string>>(column).push_back(parameters::to_text(value));
    }
  }

  const SweepRequest& request_;
  std::vector<RankedStatistic> statistics_;
  parquet::StreamRows types_;
  std::unique_ptr<parquet::ParquetStream> stream_;
};

/// A column for values as the strategy's schema declares them.
parquet::StreamValues column_for(const SweepRequest& request, const std::string& parameter) {
  for (const auto& declared : request.plan.slots.front().definition->schema) {
    if (declared.name != parameter) continue;
    if (std::holds_alternative<std::int64_t>(declared.default_value)) {
      return std::vector<std::int64_t>{};
    }
    if (std::holds_alternative<double>(declared.default_value)) return std::vector<double>{};
  }
  return std::vector<std::string>{};
}

result::Result<std::unique_ptr<RowFile>> open_parquet(const std::filesystem::path& path,
                                                      const SweepRequest& request) {
  std::vector<std::string> names = {"combination"};
  parquet::StreamRows types = {std::vector<std::int64_t>{}};
  for (const auto& axis : request.space.axes()) {
    names.push_back(axis.name());
    types.push_back(column_for(request, axis.name()));
  }
  auto statistics = statistics_in(request);
  for (const auto& statistic : statistics) {
    names.emplace_back(statistic.name);
    types.emplace_back(std::vector<double>{});
  }
  auto stream = parquet::ParquetStream::open(path, std::move(names), types);
  if (!stream) return std::move(stream).error();
  return {std::make_unique<ParquetRows>(request, std::move(statistics), std::move(types),
                                        std::move(stream).value())};
}

}  // namespace

result::Status check_row_file(const std::filesystem::path& path) {
  if (format_of(path)) return result::success();
  return make_error(ErrorCode::invalid,
                    "--out is '" + path.string() + "': give a name that ends in .parquet or .csv.",
                    "out");
}

result::Result<std::unique_ptr<RowFile>> open_row_file(const std::filesystem::path& path,
                                                       const SweepRequest& request) {
  if (auto checked = check_row_file(path); !checked) return std::move(checked).error();
  if (format_of(path) == RowFormat::parquet) return open_parquet(path, request);
  auto file = std::make_unique<CsvRows>(path, request);
  if (!file->is_open()) return file->failed();
  return {std::move(file)};
}

}  // namespace hts::cli
