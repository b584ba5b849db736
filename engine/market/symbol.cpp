#include "engine/market/symbol.hpp"

#include <algorithm>
#include <array>

namespace hts::market {
namespace {

// Longest first: BTCUSDT ends with USDT, not with a base of BTCUSD and a quote of T.
constexpr std::array<std::string_view, 16> quote_currencies = {
    "FDUSD", "USDT", "USDC", "BUSD", "TUSD", "KRW", "USD", "EUR",
    "BTC",   "ETH",  "BNB",  "JPY",  "GBP",  "TRY", "BRL", "DAI"};

bool is_quote(std::string_view text) {
  return std::find(quote_currencies.begin(), quote_currencies.end(), text) !=
         quote_currencies.end();
}

bool is_asset(std::string_view text) {
  return !text.empty() && text.size() <= 20 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
}

}  // namespace

result::Result<Symbol> Symbol::parse(std::string_view text) {
  constexpr std::size_t longest = 41;
  std::string upper{text.substr(0, longest + 1)};
  std::transform(upper.begin(), upper.end(), upper.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  const std::string_view view{upper};

  std::string_view base;
  std::string_view quote;
  if (const auto underscore = view.find('_'); underscore != std::string_view::npos) {
    base = view.substr(0, underscore);
    quote = view.substr(underscore + 1);
  } else if (const auto dash = view.find('-'); dash != std::string_view::npos) {
    const std::string_view first = view.substr(0, dash);
    const std::string_view second = view.substr(dash + 1);
    const bool base_first = !is_quote(first) && is_quote(second);
    base = base_first ? first : second;
    quote = base_first ? second : first;
  } else {
    for (const std::string_view candidate : quote_currencies) {
      if (view.size() > candidate.size() && view.ends_with(candidate)) {
        quote = candidate;
        base = view.substr(0, view.size() - candidate.size());
        break;
      }
    }
  }
  if (!is_asset(base) || !is_asset(quote)) {
    return result::make_error(result::ErrorCode::unknown_symbol,
                              "'" + std::string{text.substr(0, longest)} +
                                  "' is not a symbol: write BTC_KRW, KRW-BTC or BTCUSDT.",
                              "symbol");
  }
  return Symbol{std::string{base} + "_" + std::string{quote}};
}

std::string Symbol::upbit_code() const {
  return std::string{quote()} + "-" + std::string{base()};
}

}  // namespace hts::market
