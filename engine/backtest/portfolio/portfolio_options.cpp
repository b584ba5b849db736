#include "engine/backtest/portfolio/portfolio_options.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "engine/backtest/portfolio/setting_names.hpp"

namespace hts::backtest {
namespace {

using result::ErrorCode;
using result::make_error;
using result::Result;
using result::Status;
using result::success;

/// Everything while it is read: lots of single symbols wait for the general one.
struct Reading {
  PortfolioOptions options;
  std::vector<std::pair<NamedText, std::string_view>> lots;  ///< with the setting's name
};

result::Error refuse(std::string_view name, std::string_view wish, std::string_view text) {
  constexpr std::size_t longest_quote = 64;
  return make_error(ErrorCode::invalid,
                    std::string{name} + " must be " + std::string{wish} + ", not '" +
                        std::string{text.substr(0, longest_quote)} + "'.",
                    "portfolio." + std::string{name});
}

std::optional<double> as_number(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(value)) {
    return std::nullopt;
  }
  return value;
}

/// What a number may be.
struct Range {
  double minimum;
  double maximum;
  std::string_view wish;
  bool minimum_excluded = false;

  [[nodiscard]] bool takes(double value) const noexcept {
    return (minimum_excluded ? value > minimum : value >= minimum) && value <= maximum;
  }
};

constexpr double largest_amount = 1e15;
constexpr Range above_zero{0, largest_amount, "an amount above 0 in the quote currency", true};
constexpr Range amount{0, largest_amount, "an amount of 0 or above in the quote currency"};
constexpr Range fee_fraction{0, 0.5, "a fraction from 0 to 0.5, for example 0.001 for 0.1 %"};
constexpr Range distance{0, 100, "a fraction from 0 (none) to 100, for example 0.02 for 2 %"};
constexpr Range share{0, 1, "a fraction from 0 (no limit) to 1"};
constexpr Range margin{0, 0.99, "a fraction from 0 to 0.99"};
constexpr Range borrowing{1, 1'000, "a factor from 1 (no borrowing) to 1000"};
constexpr Range percent{0, 100, "a percentage from 0 (no limit) to 100"};
constexpr Range exposure{0, 100'000, "a percentage from 0 (no limit) to 100000"};
constexpr Range yearly{-0.5, 1, "a yearly fraction from -0.5 to 1, for example 0.03"};
constexpr Range quantity{0, largest_amount, "a quantity of 0 or above"};

Status read_number(std::string_view name, std::string_view text, const Range& range, double& into) {
  const auto value = as_number(text);
  if (!value || !range.takes(*value)) return refuse(name, range.wish, text);
  into = *value;
  return success();
}

/// `KIND:AMOUNT`, or a kind alone.
struct KindAndAmount {
  std::string_view kind;
  std::optional<double> amount;
};
KindAndAmount split_kind(std::string_view text) {
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return {text, std::nullopt};
  return {text.substr(0, colon), as_number(text.substr(colon + 1))};
}

Status read_slippage(std::string_view name, std::string_view text, Reading& reading) {
  const auto [kind, distance_of] = split_kind(text);
  const auto model = named(slippage_models, kind);
  const bool none = model == trading::Slippage::Model::none && text == kind;
  const bool fixed = model == trading::Slippage::Model::fixed;
  const bool sized = model && *model != trading::Slippage::Model::none && distance_of &&
                     *distance_of >= 0 && *distance_of <= (fixed ? largest_amount : 1);
  if (!none && !sized) {
    return refuse(name,
                  "none, percent:FRACTION, fixed:AMOUNT, spread:FRACTION or "
                  "volume-share:FRACTION, for example percent:0.0002",
                  text);
  }
  reading.options.settings.slippage = {*model, none ? 0 : *distance_of};
  return success();
}

Status read_size(std::string_view name, std::string_view text, Reading& reading) {
  constexpr double largest_percent = 100'000;
  const auto [kind, size] = split_kind(text);
  const auto rule = named(sizing_rules, kind);
  const bool all_in = rule == trading::Sizing::Rule::all_in && text == kind;
  const bool percent_of = rule == trading::Sizing::Rule::percent_of_equity;
  const bool sized = rule && *rule != trading::Sizing::Rule::all_in && size && *size > 0 &&
                     *size <= (percent_of ? largest_percent : largest_amount);
  if (!all_in && !sized) {
    return refuse(name,
                  "all-in, percent:PERCENT, cash:AMOUNT or quantity:QUANTITY, for example "
                  "percent:25",
                  text);
  }
  reading.options.settings.sizing = {*rule, all_in ? 0 : *size};
  return success();
}

Status read_tier(std::string_view name, std::string_view text, Reading& reading) {
  const auto first = text.find(':');
  const auto second = first == std::string_view::npos ? first : text.find(':', first + 1);
  auto& tiers = reading.options.settings.fees.tiers;
  if (second != std::string_view::npos) {
    const auto value = as_number(text.substr(0, first));
    const auto maker = as_number(text.substr(first + 1, second - first - 1));
    const auto taker = as_number(text.substr(second + 1));
    if (value && above_zero.takes(*value) && maker && fee_fraction.takes(*maker) && taker &&
        fee_fraction.takes(*taker) && (tiers.empty() || tiers.back().traded_value < *value)) {
      tiers.push_back({*value, *maker, *taker});
      return success();
    }
  }
  return refuse(name,
                "TRADED_VALUE:MAKER:TAKER with rising values and fees as fractions, for example "
                "1000000:0.0004:0.0005",
                text);
}

Status read_lot(std::string_view name, std::string_view text, Reading& reading) {
  if (text.find('=') != std::string_view::npos) {
    reading.lots.push_back({{std::string{name}, std::string{text}}, name});
    return success();
  }
  trading::LotRule& lot = reading.options.settings.lot;
  if (name == "lot") return read_number(name, text, quantity, lot.step);
  if (name == "lot_minimum") return read_number(name, text, quantity, lot.minimum_quantity);
  return read_number(name, text, amount, lot.minimum_value);
}

/// `SYMBOL=VALUE`, once the rule of all symbols is known.
Status read_own_lot(std::string_view name, std::string_view text, PortfolioOptions& options) {
  const auto equals = text.find('=');
  const auto symbol = market::Symbol::parse(text.substr(0, equals));
  if (!symbol) {
    return make_error(ErrorCode::invalid, std::string{name} + ": " + symbol.error().message,
                      "portfolio." + std::string{name});
  }
  const std::string_view value = text.substr(equals + 1);
  trading::LotRule& lot = options.lots.try_emplace(*symbol, options.settings.lot).first->second;
  if (name == "lot") return read_number(name, value, quantity, lot.step);
  if (name == "lot_minimum") return read_number(name, value, quantity, lot.minimum_quantity);
  return read_number(name, value, amount, lot.minimum_value);
}

template <class Value, std::size_t count>
Status read_name(std::string_view name, std::string_view text, const Names<Value, count>& names,
                 Value& into) {
  const auto value = named(names, text);
  if (value) {
    into = *value;
    return success();
  }
  std::string wish;
  for (std::size_t i = 0; i < count; ++i) {
    wish += (i == 0 ? "" : i + 1 == count ? " or " : ", ") + std::string{names[i].first};
  }
  return refuse(name, wish, text);
}

Status read_intrabar(std::string_view name, std::string_view text, Reading& reading) {
  auto& options = reading.options;
  options.both_intrabar = text == "both";
  if (text == "pessimistic" || text == "both") {
    options.settings.intrabar = Intrabar::pessimistic;
  } else if (text == "optimistic") {
    options.settings.intrabar = Intrabar::optimistic;
  } else {
    return refuse(name, "pessimistic, optimistic or both", text);
  }
  return success();
}

Status read_positions(std::string_view name, std::string_view text, Reading& reading) {
  constexpr std::size_t most = 1'000'000;
  std::size_t positions = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), positions);
  if (error != std::errc{} || end != text.data() + text.size() || positions > most) {
    return refuse(name, "a whole number from 0 (no limit) to 1000000", text);
  }
  reading.options.settings.risk.max_positions = positions;
  return success();
}

using Read = Status (*)(std::string_view name, std::string_view text, Reading& reading);

/// A number that goes straight into one setting.
template <const Range& range, auto setting_of>
Status read_setting(std::string_view name, std::string_view text, Reading& reading) {
  return read_number(name, text, range, setting_of(reading.options.settings));
}

struct Declared {
  PortfolioOption option;
  Read read;
};

// The profile and the commission come first, so that what they set can be put over.
const std::array<Declared, 26> declared = {{
    {{"profile", "NAME", "hts, or backtesting.py: its sizes, flips and ends, to the last digit"},
     [](std::string_view, std::string_view, Reading&) -> Status { return success(); }},
    {{"cash", "AMOUNT", "what the account starts with, in the quote currency (10000)"},
     &read_setting<above_zero, [](auto& s) -> double& { return s.cash; }>},
    {{"commission", "FRACTION", "of the traded value, on entry and on exit (0)"},
     [](std::string_view name, std::string_view text, Reading& reading) -> Status {
       auto& fees = reading.options.settings.fees;
       auto read = read_number(name, text, fee_fraction, fees.taker_rate);
       if (read) fees.maker_rate = fees.taker_rate;
       return read;
     }},
    {{"maker_fee", "FRACTION", "commission of resting limit orders"},
     &read_setting<fee_fraction, [](auto& s) -> double& { return s.fees.maker_rate; }>},
    {{"taker_fee", "FRACTION", "commission of everything else"},
     &read_setting<fee_fraction, [](auto& s) -> double& { return s.fees.taker_rate; }>},
    {{"min_fee", "AMOUNT", "least commission of a fill (0)"},
     &read_setting<amount, [](auto& s) -> double& { return s.fees.minimum; }>},
    {{"fee_tier", "VALUE:MAKER:TAKER", "fees from this traded value on", true}, &read_tier},
    {{"slippage", "MODEL:AMOUNT", "percent:0.0002, fixed:, spread:, volume-share:, or none"},
     &read_slippage},
    {{"size", "RULE", "all-in, percent:25 (of equity), cash:1000 or quantity:2 (all-in)"},
     &read_size},
    {{"lot", "[SYMBOL=]STEP", "quantities are whole multiples of it; 0 takes any (0)", true},
     &read_lot},
    {{"lot_minimum", "[SYMBOL=]QUANTITY", "least quantity of an order (0)", true}, &read_lot},
    {{"minimum_value", "[SYMBOL=]AMOUNT", "least value of an order (0)", true}, &read_lot},
    {{"fill_at", "MOMENT", "next-open, or close: the same candle's (next-open)"},
     [](std::string_view name, std::string_view text, Reading& reading) -> Status {
       return read_name(name, text, fill_moments, reading.options.settings.fill_at);
     }},
    {{"direction", "SIDE", "what signals may open: long, short or both (long)"},
     [](std::string_view name, std::string_view text, Reading& reading) -> Status {
       return read_name(name, text, directions, reading.options.settings.direction);
     }},
    {{"stop_loss", "FRACTION", "distance from the entry, 0.02 is 2 % (0: none)"},
     &read_setting<distance, [](auto& s) -> double& { return s.protection.stop_loss; }>},
    {{"take_profit", "FRACTION", "distance from the entry (0: none)"},
     &read_setting<distance, [](auto& s) -> double& { return s.protection.take_profit; }>},
    {{"trailing_stop", "FRACTION", "distance from the best price since the entry (0: none)"},
     &read_setting<distance, [](auto& s) -> double& { return s.protection.trailing_stop; }>},
    {{"intrabar", "RULE", "candles with stop and target: pessimistic, optimistic, both"},
     &read_intrabar},
    {{"volume_share", "FRACTION", "of a candle's volume that one order may fill (0: all)"},
     &read_setting<share, [](auto& s) -> double& { return s.volume_share; }>},
    {{"leverage", "FACTOR", "an order needs value / leverage of free equity (1)"},
     &read_setting<borrowing, [](auto& s) -> double& { return s.leverage; }>},
    {{"maintenance_margin", "FRACTION", "of the positions' value; below: liquidation (0)"},
     &read_setting<margin, [](auto& s) -> double& { return s.maintenance_margin; }>},
    {{"max_positions", "COUNT", "open at the same time (0: no limit)"}, &read_positions},
    {{"daily_loss_limit", "PERCENT", "of the day's first equity; no entries beyond (0: none)"},
     &read_setting<percent, [](auto& s) -> double& { return s.risk.daily_loss_limit_pct; }>},
    {{"max_slippage", "PERCENT", "of the price; a fill beyond does not happen (0: none)"},
     &read_setting<percent, [](auto& s) -> double& { return s.risk.max_slippage_pct; }>},
    {{"max_exposure", "PERCENT", "of the equity, of all positions in one symbol (0: no limit)"},
     &read_setting<exposure, [](auto& s) -> double& { return s.risk.max_exposure_pct; }>},
    {{"risk_free_rate", "FRACTION", "a year, of Sharpe, Sortino and alpha (0)"},
     &read_setting<yearly, [](auto& s) -> double& { return s.risk_free_rate; }>},
}};

Status check_names(std::span<const NamedText> given) {
  std::vector<std::string_view> seen;
  for (const NamedText& one : given) {
    const auto found = std::find_if(declared.begin(), declared.end(), [&](const Declared& known) {
      return known.option.name == one.name;
    });
    if (found == declared.end()) {
      std::string known;
      for (const Declared& each : declared) {
        known += (known.empty() ? "" : ", ") + std::string{each.option.name};
      }
      constexpr std::size_t longest_quote = 64;
      const std::string name = one.name.substr(0, longest_quote);
      return make_error(ErrorCode::invalid,
                        "portfolio has no option '" + name + "'; the options are " + known + ".",
                        "portfolio." + name);
    }
    if (!found->option.repeatable && std::find(seen.begin(), seen.end(), one.name) != seen.end()) {
      return make_error(ErrorCode::invalid, one.name + " is given twice: give it once.",
                        "portfolio." + one.name);
    }
    seen.push_back(one.name);
  }
  return success();
}

Status start_from_profile(std::span<const NamedText> given, PortfolioOptions& options) {
  for (const NamedText& one : given) {
    if (one.name == "profile") options.profile = one.text;
  }
  if (options.profile == "backtesting.py") {
    options.settings = backtesting_py_profile(options.settings.cash, 0);
  } else if (options.profile != "hts") {
    return refuse("profile", "hts or backtesting.py", options.profile);
  }
  return success();
}

}  // namespace

std::span<const PortfolioOption> portfolio_options() {
  static const auto options = [] {
    std::array<PortfolioOption, declared.size()> all{};
    std::transform(declared.begin(), declared.end(), all.begin(),
                   [](const Declared& one) { return one.option; });
    return all;
  }();
  return options;
}

Result<PortfolioOptions> read_portfolio_options(std::span<const NamedText> given) {
  if (auto checked = check_names(given); !checked) return std::move(checked).error();
  Reading reading;
  if (auto begun = start_from_profile(given, reading.options); !begun) {
    return std::move(begun).error();
  }
  for (const Declared& known : declared) {
    for (const NamedText& one : given) {
      if (one.name != known.option.name) continue;
      if (auto read = known.read(one.name, one.text, reading); !read)
        return std::move(read).error();
    }
  }
  for (const auto& [lot, name] : reading.lots) {
    if (auto read = read_own_lot(name, lot.text, reading.options); !read) {
      return std::move(read).error();
    }
  }
  return std::move(reading.options);
}

}  // namespace hts::backtest
