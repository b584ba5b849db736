#include "adapters/parquet/catalog_layout.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include "adapters/parquet/durable_files.hpp"

namespace hts::parquet {
namespace {

using result::Result;
namespace fs = std::filesystem;

constexpr std::string_view year_suffix = ".parquet";

/// Names in a folder; none when it does not exist.
Result<std::vector<std::string>> names_in(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code failure;
  fs::directory_iterator entry{folder, failure};
  while (!failure && entry != fs::directory_iterator{}) {
    names.push_back(entry->path().filename().string());
    entry.increment(failure);
  }
  if (failure && failure != std::errc::no_such_file_or_directory) {
    return file_error("Cannot read the folder", folder, failure.value());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<int> year_of(std::string_view file_name) {
  constexpr std::size_t digits = 4;
  if (file_name.size() != digits + year_suffix.size() || !file_name.ends_with(year_suffix)) {
    return std::nullopt;
  }
  int year = 0;
  for (const char c : file_name.substr(0, digits)) {
    if (c < '0' || c > '9') return std::nullopt;
    year = year * 10 + (c - '0');
  }
  constexpr int first_year = 1970;
  constexpr int last_year = 2200;
  if (year < first_year || year > last_year) return std::nullopt;
  return year;
}

}  // namespace

fs::path series_folder(const fs::path& data_root, const market::Symbol& symbol,
                       market::Timeframe timeframe) {
  return data_root / symbol.text() / timeframe.name();
}

fs::path year_path(const fs::path& folder, int year) {
  return folder / (std::to_string(year) + std::string{year_suffix});
}

Result<std::vector<market::Symbol>> list_symbols(const fs::path& data_root) {
  auto names = names_in(data_root);
  if (!names) return std::move(names).error();
  std::vector<market::Symbol> symbols;
  for (const std::string& name : *names) {
    const auto symbol = market::Symbol::parse(name);
    std::error_code ignored;
    if (symbol && symbol->text() == name && fs::is_directory(data_root / name, ignored)) {
      symbols.push_back(*symbol);
    }
  }
  return symbols;
}

Result<std::vector<market::Timeframe>> list_timeframes(const fs::path& data_root,
                                                       const market::Symbol& symbol) {
  auto names = names_in(data_root / symbol.text());
  if (!names) return std::move(names).error();
  std::vector<market::Timeframe> timeframes;
  for (const market::Timeframe timeframe : market::Timeframe::all()) {
    std::error_code ignored;
    if (std::binary_search(names->begin(), names->end(), timeframe.name()) &&
        fs::is_directory(series_folder(data_root, symbol, timeframe), ignored)) {
      timeframes.push_back(timeframe);
    }
  }
  return timeframes;
}

Result<std::vector<YearFile>> list_years(const fs::path& folder) {
  auto names = names_in(folder);
  if (!names) return std::move(names).error();
  std::vector<YearFile> files;
  for (const std::string& name : *names) {
    if (const auto year = year_of(name)) files.push_back({*year, folder / name});
  }
  return files;
}

}  // namespace hts::parquet
