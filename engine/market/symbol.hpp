#pragma once

#include <compare>
#include <string>
#include <string_view>

#include "engine/result/result.hpp"

namespace hts::market {

/// A trading pair, `BASE_QUOTE` in upper case (`BTC_KRW`).
///
/// Invariant: base and quote are 1 to 20 characters of A-Z and 0-9, so a symbol is always a safe
/// file name.
class Symbol {
 public:
  /// Accepts `BTC_KRW`, Upbit's quote-first `KRW-BTC`, base-first `ETH-BTC` when only the second
  /// half is a quote currency, and exchange-style `BTCUSDT`; any case. Both halves of `A-B` being
  /// quote currencies is read as Upbit does (quote first). Error: code unknown_symbol, field
  /// `symbol`, with the accepted forms.
  [[nodiscard]] static result::Result<Symbol> parse(std::string_view text);

  [[nodiscard]] const std::string& text() const noexcept { return text_; }
  [[nodiscard]] std::string_view base() const noexcept {
    return std::string_view{text_}.substr(0, text_.find('_'));
  }
  [[nodiscard]] std::string_view quote() const noexcept {
    return std::string_view{text_}.substr(text_.find('_') + 1);
  }
  /// `KRW-BTC`.
  [[nodiscard]] std::string upbit_code() const;

  friend auto operator<=>(const Symbol&, const Symbol&) = default;

 private:
  explicit Symbol(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace hts::market
