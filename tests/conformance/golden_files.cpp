#include "golden_files.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string_view>

#include "engine/time/timestamp.hpp"

namespace hts::conformance {
namespace {

template <class Number>
Number next_number(std::string_view& line) {
  Number value{};
  const auto end = std::from_chars(line.data(), line.data() + line.size(), value).ptr;
  line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  if (!line.empty() && line.front() == ',') line.remove_prefix(1);
  return value;
}

}  // namespace

std::filesystem::path shared_folder() {
  return std::filesystem::path{HTS_SOURCE_DIR} / ".." / "shared";
}

std::vector<std::string> golden_names(const std::string& kind) {
  const auto folder = shared_folder() / "golden" / kind;
  std::vector<std::string> names;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator{folder, error}) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  if (names.empty()) names.emplace_back();
  return names;
}

std::string read_text(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{}};
}

market::CandleSeries read_candles(const std::string& dataset) {
  std::istringstream lines{read_text(shared_folder() / "data" / "candles" / (dataset + ".csv"))};
  market::CandleSeries candles;
  std::string line;
  std::getline(lines, line);
  if (line.ends_with('\r')) line.pop_back();
  if (line != "timestamp,open,high,low,close,volume") return candles;
  while (std::getline(lines, line)) {
    std::string_view rest = line;
    market::Candle candle;
    candle.open_time = time::from_milliseconds(next_number<std::int64_t>(rest));
    candle.open = next_number<double>(rest);
    candle.high = next_number<double>(rest);
    candle.low = next_number<double>(rest);
    candle.close = next_number<double>(rest);
    candle.volume = next_number<double>(rest);
    candles.push_back(candle);
  }
  return candles;
}

}  // namespace hts::conformance
