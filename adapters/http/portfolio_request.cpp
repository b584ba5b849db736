#include "adapters/http/portfolio_request.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/json/parameters_json.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;
using result::Status;
using result::success;

std::string text_of(std::string_view text) {
  return std::string{text};
}

Status read_strategies(const object& body, backtest::RawBacktestRequest& into) {
  std::vector<std::string> names;
  auto read = read_texts(body, "strategies", R"(["sma_cross", "macd"])", names);
  if (!read || names.empty()) return read;
  // `strategy` beside it may name the first of them, or one more.
  if (into.strategy.empty()) into.strategy = names.front();
  if (into.strategy == names.front()) names.erase(names.begin());
  into.more_strategies = std::move(names);
  return success();
}

Status read_symbol_params(const object& body, backtest::RawBacktestRequest& into) {
  const value* found = member_of(body, "symbol_params");
  if (found == nullptr) return success();
  if (!found->is_object()) {
    return make_error(ErrorCode::invalid,
                      "symbol_params must be an object by symbol, for example {\"KRW-BTC\": "
                      "{\"fast\": 5}}.",
                      "symbol_params");
  }
  for (const auto& member : found->get_object()) {
    const std::string symbol = text_of(member.key());
    auto params = json::parse_parameters(member.value());
    if (!params) {
      result::Error error = std::move(params).error();
      constexpr std::string_view plain = "params";
      if (error.field.starts_with(plain)) {
        error.field = "symbol_params." + symbol + error.field.substr(plain.size());
      }
      return error;
    }
    into.symbol_params.push_back({symbol, std::move(params).value()});
  }
  return success();
}

/// A number as its shortest text, a text as it is.
std::optional<std::string> scalar_text(const value& content) {
  if (content.is_string()) return text_of(content.get_string());
  if (content.is_double()) return strategies::to_text(content.get_double());
  if (content.is_int64()) return std::to_string(content.get_int64());
  if (content.is_uint64()) return std::to_string(content.get_uint64());
  return std::nullopt;
}

Status add_option(const std::string& name, const value& content, const std::string& prefix,
                  std::vector<backtest::NamedText>& into) {
  const auto text = scalar_text(content);
  if (!text) {
    return make_error(ErrorCode::invalid, name + " must be a number or a text.",
                      "portfolio." + name);
  }
  into.push_back({name, prefix + *text});
  return success();
}

Status read_option(const std::string& name, const value& content,
                   std::vector<backtest::NamedText>& into) {
  if (content.is_null()) return success();
  if (content.is_array()) {
    for (const value& element : content.get_array()) {
      if (auto added = add_option(name, element, {}, into); !added) return added;
    }
    return success();
  }
  if (content.is_object()) {
    for (const auto& member : content.get_object()) {
      auto added = add_option(name, member.value(), text_of(member.key()) + "=", into);
      if (!added) return added;
    }
    return success();
  }
  return add_option(name, content, {}, into);
}

}  // namespace

Status read_portfolio_request(const object& body, backtest::RawBacktestRequest& into) {
  auto read = read_strategies(body, into);
  if (read) read = read_symbol_params(body, into);
  if (read) {
    read = read_texts(body, "disabled_symbols", "[\"KRW-BTC\"]", into.disabled_symbols);
  }
  return read ? read_account_options(body, into.portfolio) : read;
}

Status read_account_options(const object& body, std::vector<backtest::NamedText>& into) {
  const value* portfolio = member_of(body, "portfolio");
  if (portfolio == nullptr) return success();
  if (!portfolio->is_object()) {
    return make_error(ErrorCode::invalid,
                      "portfolio must be an object of options, for example {\"cash\": 10000}.",
                      "portfolio");
  }
  for (const auto& member : portfolio->get_object()) {
    if (auto added = read_option(text_of(member.key()), member.value(), into); !added) {
      return added;
    }
  }
  return success();
}

}  // namespace hts::http
