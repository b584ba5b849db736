#include "adapters/http/session_request.hpp"

#include <algorithm>
#include <utility>

#include "adapters/http/body_members.hpp"
#include "adapters/http/portfolio_request.hpp"
#include "adapters/json/parameters_json.hpp"
#include "engine/backtest/backtest_request.hpp"
#include "engine/strategies/strategy_definition.hpp"

namespace hts::http {
namespace {

using boost::json::object;
using boost::json::value;
using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

constexpr double highest_cost = 0.5;
constexpr std::size_t longest_reason = 500;

/// The same error about a member further inside.
result::Error within(result::Error error, const std::string& outer) {
  error.field = error.field.empty() ? outer : outer + "." + error.field;
  return error;
}

Result<market::Symbol> symbol_at(const std::string& text, const std::string& field) {
  auto symbol = market::Symbol::parse(text);
  if (symbol) return symbol;
  result::Error error = std::move(symbol).error();
  error.field = field;
  return error;
}

Status add_symbol(paper::LivePlan& plan, const std::string& text, const std::string& field) {
  auto symbol = symbol_at(text, field);
  if (!symbol) return std::move(symbol).error();
  if (std::ranges::find(plan.symbols, *symbol) != plan.symbols.end()) {
    return make_error(ErrorCode::invalid, "The symbol " + text + " is named twice.", field);
  }
  if (plan.symbols.size() == backtest::max_symbols) {
    return make_error(
        ErrorCode::invalid,
        "A session takes at most " + std::to_string(backtest::max_symbols) + " symbols.",
        "symbols");
  }
  plan.symbols.push_back(std::move(symbol).value());
  return success();
}

Status read_session_symbols(const object& body, const object* strategies, paper::LivePlan& plan) {
  std::vector<std::string> names;
  if (auto read = read_texts(body, "symbols", R"(["KRW-BTC"])", names); !read) return read;
  for (std::size_t i = 0; i < names.size(); ++i) {
    auto added = add_symbol(plan, names[i], "symbols[" + std::to_string(i) + "]");
    if (!added) return added;
  }
  if (names.empty() && strategies != nullptr) {
    for (const auto& member : *strategies) {
      const std::string name{member.key()};
      if (auto added = add_symbol(plan, name, "strategies." + name); !added) return added;
    }
  }
  return plan.symbols.empty() ? Status{missing("symbols", R"(["KRW-BTC"])")} : success();
}

Status read_timeframe(const object& body, market::Timeframe& into) {
  std::string name;
  if (auto read = read_text(body, "timeframe", name); !read || name.empty()) return read;
  auto timeframe = market::Timeframe::parse(name);
  if (!timeframe) return std::move(timeframe).error();
  into = *timeframe;
  return success();
}

Status read_slot(const object& body, WantedSlot& slot) {
  auto read = read_text(body, "strategy_name", slot.strategy);
  if (read && slot.strategy.empty()) read = read_text(body, "strategy", slot.strategy);
  if (read) read = read_text(body, "preset", slot.preset);
  if (read) read = read_timeframe(body, slot.timeframe);
  if (read) read = read_flag(body, "is_enabled", slot.is_enabled);
  if (read) read = read_flag(body, "enabled", slot.is_enabled);
  if (!read) return read;
  if (slot.strategy.empty() && slot.preset.empty()) {
    return missing("strategy_name", "\"volume_long_candle\"");
  }
  const value* params = member_of(body, "params");
  if (params == nullptr) return success();
  auto parsed = json::parse_parameters(*params);
  if (!parsed) return std::move(parsed).error();
  slot.params = std::move(parsed).value();
  return success();
}

result::Error not_a_list(const std::string& field) {
  return make_error(ErrorCode::invalid,
                    field +
                        " must be an array of strategies, for example "
                        "[{\"strategy_name\": \"sma_cross\", \"params\": {}}].",
                    field);
}

Status read_slots(const object& strategies, market::Timeframe timeframe, WantedSession& wanted) {
  for (const auto& member : strategies) {
    const std::string name{member.key()};
    const std::string field = "strategies." + name;
    const auto symbol = symbol_at(name, field);
    if (!symbol) return symbol.error();
    const auto found = std::ranges::find(wanted.plan.symbols, *symbol);
    if (found == wanted.plan.symbols.end()) {
      return make_error(ErrorCode::invalid,
                        "symbols does not name " + name + ": add it there, or leave symbols out.",
                        field);
    }
    if (!member.value().is_array()) return not_a_list(field);
    const auto& list = member.value().get_array();
    for (std::size_t i = 0; i < list.size(); ++i) {
      WantedSlot slot;
      slot.field = field + "[" + std::to_string(i) + "]";
      slot.instrument = static_cast<std::uint32_t>(found - wanted.plan.symbols.begin());
      slot.timeframe = timeframe;
      if (!list[i].is_object()) return not_a_list(field);
      if (auto read = read_slot(list[i].get_object(), slot); !read) {
        return within(read.error(), slot.field);
      }
      if (wanted.slots.size() == most_session_slots) {
        return make_error(ErrorCode::invalid,
                          "A session takes at most " + std::to_string(most_session_slots) +
                              " strategies on all its symbols together.",
                          "strategies");
      }
      wanted.slots.push_back(std::move(slot));
    }
  }
  return success();
}

Status read_account(const object& body, paper::LivePlan& plan) {
  std::vector<backtest::NamedText> given;
  if (auto read = read_account_options(body, given); !read) return read;
  auto options = backtest::read_portfolio_options(given);
  if (!options) return std::move(options).error();
  plan.account = options->settings;
  for (const auto& [symbol, lot] : options->lots) {
    const auto found = std::ranges::find(plan.symbols, symbol);
    if (found == plan.symbols.end()) {
      return make_error(ErrorCode::invalid,
                        "The session does not trade " + symbol.text() +
                            ", which has a lot of its own: add it to symbols, or leave it out.",
                        "portfolio");
    }
    plan.lots[static_cast<paper::InstrumentId>(found - plan.symbols.begin())] = lot;
  }
  return success();
}

Status read_cost(const object& body, std::string_view name, double& into) {
  if (auto read = read_number(body, name, into); !read) return read;
  if (into >= 0 && into <= highest_cost) return success();
  return make_error(ErrorCode::invalid,
                    std::string{name} + " is a fraction of the value: from 0 to 0.5.",
                    std::string{name});
}

Status read_manual_costs(const object& body, paper::ManualCosts& costs) {
  const value* found = member_of(body, "manual_costs");
  if (found == nullptr) return success();
  if (!found->is_object()) {
    return make_error(ErrorCode::invalid,
                      "manual_costs must be an object, for example {\"fee\": 0.001}.",
                      "manual_costs");
  }
  const object& members = found->get_object();
  auto read = read_cost(members, "fee", costs.fee);
  if (read) read = read_cost(members, "exit_slippage", costs.exit_slippage);
  if (read) read = read_flag(members, "fee_on_exit", costs.fee_on_exit);
  return read ? read : Status{within(read.error(), "manual_costs")};
}

template <class Decimal>
Result<std::optional<Decimal>> read_fixed(const object& body, std::string_view name) {
  auto text = read_decimal(body, name);
  if (!text) return std::move(text).error();
  if (!*text) return std::optional<Decimal>{};
  auto exact = Decimal::parse(**text);
  // Sums of doubles have more digits than a ledger; a text has those that were meant.
  if (!exact && member_of(body, name)->is_double()) {
    exact = Decimal::nearest(member_of(body, name)->get_double());
  }
  if (exact) return std::optional{*exact};
  result::Error error = std::move(exact).error();
  error.code = ErrorCode::invalid;
  error.field = name;
  return error;
}

template <class Decimal>
Result<Decimal> read_positive(const object& body, std::string_view name, std::string_view example) {
  auto read = read_fixed<Decimal>(body, name);
  if (!read) return std::move(read).error();
  if (!*read) return missing(name, example);
  if (**read > Decimal{}) return **read;
  return make_error(ErrorCode::invalid, std::string{name} + " must be above 0.", std::string{name});
}

Status read_side(const object& body, trading::Side& into) {
  std::string text;
  if (auto read = read_text(body, "side", text); !read || text.empty()) return read;
  if (text == "buy" || text == "long") {
    into = trading::Side::buy;
  } else if (text == "sell" || text == "short") {
    into = trading::Side::sell;
  } else {
    return make_error(ErrorCode::invalid, "side must be buy or sell.", "side");
  }
  return success();
}

}  // namespace

Result<WantedSession> parse_session_start(std::string_view body) {
  auto fields = parse_object(body);
  if (!fields) return std::move(fields).error();
  const value* strategies = member_of(*fields, "strategies");
  if (strategies != nullptr && !strategies->is_object()) {
    return make_error(ErrorCode::invalid,
                      "strategies must be an object by symbol, for example {\"KRW-BTC\": "
                      "[{\"strategy_name\": \"sma_cross\", \"params\": {}}]}.",
                      "strategies");
  }
  const object* by_symbol = strategies == nullptr ? nullptr : &strategies->get_object();
  WantedSession wanted;
  auto timeframe = market::Timeframe::minute();
  auto read = read_session_symbols(*fields, by_symbol, wanted.plan);
  if (read) read = read_timeframe(*fields, timeframe);
  if (read && by_symbol != nullptr) read = read_slots(*by_symbol, timeframe, wanted);
  if (read) read = read_account(*fields, wanted.plan);
  if (read) read = read_manual_costs(*fields, wanted.plan.manual);
  if (!read) return std::move(read).error();
  return wanted;
}

Result<paper::LivePlan> plan_of(WantedSession wanted) {
  for (WantedSlot& slot : wanted.slots) {
    const auto definition = strategies::find_strategy(slot.strategy);
    if (!definition) {
      result::Error error = definition.error();
      error.field = slot.field + ".strategy_name";
      return error;
    }
    auto parameters = strategies::resolve_for(**definition, slot.params);
    if (!parameters) return within(std::move(parameters).error(), slot.field);
    wanted.plan.slots.push_back({slot.instrument,
                                 slot.timeframe,
                                 slot.strategy,
                                 std::move(parameters).value(),
                                 slot.is_enabled,
                                 {},
                                 {}});
  }
  return std::move(wanted.plan);
}

Result<actors::EnterPosition> parse_enter(std::string_view body) {
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  if (member_of(*fields, "symbol") == nullptr) return missing("symbol", "\"KRW-BTC\"");
  std::string name;
  auto side = trading::Side::buy;
  auto read = read_text(*fields, "symbol", name);
  if (read) read = read_side(*fields, side);
  if (!read) return std::move(read).error();
  auto symbol = symbol_at(name, "symbol");
  if (!symbol) return std::move(symbol).error();
  const auto quantity = read_positive<trading::CoinAmount>(*fields, "quantity", "0.01");
  if (!quantity) return quantity.error();
  const auto price = read_positive<trading::Price>(*fields, "entry_price", "95000000");
  if (!price) return price.error();
  return actors::EnterPosition{std::move(symbol).value(), side, *quantity, *price};
}

Result<actors::ClosePosition> parse_close(std::string_view body) {
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  actors::ClosePosition close;
  if (auto read = read_text(*fields, "position_id", close.position_id); !read) {
    return std::move(read).error();
  }
  if (close.position_id.empty()) {
    return missing("position_id", "\"00000000-0000-4000-8000-000000000000\"");
  }
  for (const char* name : {"exit_price", "price"}) {
    if (member_of(*fields, name) == nullptr) continue;
    const auto price = read_positive<trading::Price>(*fields, name, "95000000");
    if (!price) return price.error();
    close.price = *price;
    break;
  }
  return close;
}

Result<actors::SetHalted> parse_halt(std::string_view body) {
  actors::SetHalted halt;
  if (body.find_first_not_of(" \t\r\n") == std::string_view::npos) return halt;
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  auto read = read_text(*fields, "reason", halt.reason);
  if (read) read = read_flag(*fields, "close_all", halt.close_all);
  if (!read) return std::move(read).error();
  if (halt.reason.size() > longest_reason) {
    return make_error(ErrorCode::invalid, "reason takes at most 500 bytes.", "reason");
  }
  return halt;
}

Result<WantedSlotChange> parse_slot_change(paper::SlotId slot, std::string_view body) {
  const auto fields = parse_object(body);
  if (!fields) return fields.error();
  WantedSlotChange wanted;
  actors::ChangeSlot& change = wanted.change;
  change.slot = slot;
  if (auto read = read_text(*fields, "preset", wanted.preset); !read) {
    return std::move(read).error();
  }
  for (const char* name : {"is_enabled", "enabled"}) {
    if (member_of(*fields, name) == nullptr) continue;
    bool is_enabled = true;
    if (auto read = read_flag(*fields, name, is_enabled); !read) return std::move(read).error();
    change.is_enabled = is_enabled;
  }
  if (const value* params = member_of(*fields, "params")) {
    auto parsed = json::parse_parameters(*params);
    if (!parsed) return std::move(parsed).error();
    change.parameters = parameters::Parameters::adopt(std::move(parsed).value());
  }
  if (!change.parameters && !change.is_enabled && wanted.preset.empty()) {
    return missing("params", "{\"fast\": 5}");
  }
  return wanted;
}

}  // namespace hts::http
