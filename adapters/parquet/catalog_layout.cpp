#include "adapters/parquet/catalog_layout.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace hts::parquet {
namespace {

using result::Result;
namespace fs = std::filesystem;

constexpr std::string_view year_suffix = ".parquet";

bool has_folder(const std::vector<disk::Entry>& entries, std::string_view name) {
  const auto found = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const disk::Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  return found != entries.end() && found->name == name && found->is_directory;
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

Result<std::vector<market::Symbol>> list_symbols(disk::Disk& disk, const fs::path& data_root) {
  auto entries = disk.list(data_root);
  if (!entries) return std::move(entries).error();
  std::vector<market::Symbol> symbols;
  for (const disk::Entry& entry : *entries) {
    if (!entry.is_directory) continue;
    const auto symbol = market::Symbol::parse(entry.name);
    if (symbol && symbol->text() == entry.name) symbols.push_back(*symbol);
  }
  return symbols;
}

Result<std::vector<market::Timeframe>> list_timeframes(disk::Disk& disk, const fs::path& data_root,
                                                       const market::Symbol& symbol) {
  auto entries = disk.list(data_root / symbol.text());
  if (!entries) return std::move(entries).error();
  std::vector<market::Timeframe> timeframes;
  for (const market::Timeframe timeframe : market::Timeframe::all()) {
    if (has_folder(*entries, timeframe.name())) timeframes.push_back(timeframe);
  }
  return timeframes;
}

Result<std::vector<YearFile>> list_years(disk::Disk& disk, const fs::path& folder) {
  auto entries = disk.list(folder);
  if (!entries) return std::move(entries).error();
  std::vector<YearFile> files;
  for (const disk::Entry& entry : *entries) {
    if (const auto year = year_of(entry.name)) files.push_back({*year, folder / entry.name});
  }
  return files;
}

}  // namespace hts::parquet
