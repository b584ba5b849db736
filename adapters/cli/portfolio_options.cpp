#include "adapters/cli/portfolio_options.hpp"

#include <algorithm>
#include <string>

namespace hts::cli {
namespace {

namespace options = boost::program_options;

std::string typed_name(std::string_view name) {
  std::string typed{name};
  std::replace(typed.begin(), typed.end(), '_', '-');
  return typed;
}

}  // namespace

void add_portfolio_options(options::options_description& description) {
  for (const auto& option : backtest::portfolio_options()) {
    const std::string form{option.value};
    const std::string help{option.help};
    const auto add = [&](const options::value_semantic* value) {
      description.add_options()(typed_name(option.name).c_str(), value, help.c_str());
    };
    if (option.repeatable) {
      add(options::value<std::vector<std::string>>()->value_name(form));
    } else {
      add(options::value<std::string>()->value_name(form));
    }
  }
}

std::vector<backtest::NamedText> portfolio_texts_given(const options::variables_map& values) {
  std::vector<backtest::NamedText> given;
  for (const auto& option : backtest::portfolio_options()) {
    const std::string typed = typed_name(option.name);
    if (values.count(typed) == 0) continue;
    if (!option.repeatable) {
      given.push_back({std::string{option.name}, values[typed].as<std::string>()});
      continue;
    }
    for (const auto& text : values[typed].as<std::vector<std::string>>()) {
      given.push_back({std::string{option.name}, text});
    }
  }
  return given;
}

result::Result<backtest::PortfolioOptions> read_portfolio_options(
    const options::variables_map& values) {
  return backtest::read_portfolio_options(portfolio_texts_given(values));
}

}  // namespace hts::cli
