// What people ask of the markets and the presets: a screener that can be computed, a refresh, a
// preset that a session can use, or a sentence.
#include <algorithm>
#include <array>
#include <chrono>

#include "adapters/http/market/data_refresh.hpp"
#include "adapters/http/market/screener_request.hpp"
#include "adapters/http/preset_request.hpp"
#include "adapters/http/session_request.hpp"
#include "engine/ports/preset_store.hpp"
#include "engine/screener/market_days.hpp"
#include "fuzz_input.hpp"

using hts::fuzz::require;

namespace {

template <class T>
bool told(const hts::result::Result<T>& read) {
  require(read || !read.error().message.empty());
  return read.ok();
}

std::array<hts::market::Candle, 231> make_days() {
  std::array<hts::market::Candle, 231> days;
  double price = 100;
  for (std::size_t i = 0; i < days.size(); ++i) {
    days[i].open_time = hts::time::Timestamp{std::chrono::hours{24 * static_cast<int>(i)}};
    days[i].open = price;
    price = 100 + static_cast<double>(i * 37 % 11);
    days[i].high = std::max(days[i].open, price) + 1;
    days[i].low = std::min(days[i].open, price) - 1;
    days[i].close = price;
    days[i].volume = static_cast<double>(i % 5);
  }
  return days;
}

void screen(std::string_view text) {
  const auto request = hts::http::parse_screener_request(text);
  if (!told(request)) return;
  require(!request->conditions.empty() && request->conditions.size() <= 5);
  static const auto days = make_days();
  for (const auto& condition : request->conditions) {
    for (const std::size_t count : {std::size_t{0}, std::size_t{1}, days.size()}) {
      const auto figure = hts::screener::figure_of(condition, std::span{days}.subspan(0, count));
      if (figure) (void)hts::screener::holds(condition, *figure);
    }
    require(hts::screener::figure_of(condition, days).has_value());
  }
}

void prefer(std::string_view text) {
  constexpr std::string_view between = "\n---\n";
  const auto end = text.find(between);
  const auto preset = hts::http::parse_preset(text.substr(0, end));
  (void)told(hts::http::parse_preset(text.substr(0, end), "quiet market"));
  if (!told(preset)) return;
  require(hts::ports::check_preset(*preset).ok());
  if (end == std::string_view::npos) return;
  auto wanted = hts::http::parse_session_start(text.substr(end + between.size()));
  if (!told(wanted)) return;
  const auto applied = hts::http::apply_presets({*preset}, *wanted);
  require(applied || !applied.error().message.empty());
  if (applied) (void)told(hts::http::plan_of(*std::move(wanted)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto text = hts::fuzz::text_of(data, size);
  (void)told(hts::http::parse_refresh(text));
  screen(text);
  prefer(text);
  return 0;
}
