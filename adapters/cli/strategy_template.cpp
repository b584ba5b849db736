#include "adapters/cli/strategy_template.hpp"

#include <cctype>
#include <string_view>

#include "adapters/cli/replace_all.hpp"

namespace hts::cli {
namespace {

constexpr std::string_view source_template = R"text(#include "engine/indicators/moving_averages.hpp"
#include "engine/strategies/plugin.hpp"
#include "engine/strategies/state_numbers.hpp"

using namespace hts;

class @Class@ {
 public:
  static constexpr std::string_view name = "@name@";
  static constexpr std::string_view title = "@Title@";
  static constexpr std::string_view help = "Buys above an average of closes, sells below it.";
  static constexpr int state_version = 1;
  static std::vector<strategies::ParameterSchema> schema() {
    return {{"period", std::int64_t{20}, 2, 500, false, "bars", "Length of the average."},
            {"stop_loss", 0.05, 0, 0.5, false, "fraction", "Below the entry; 0 is none."}};
  }
  explicit @Class@(const strategies::Parameters& parameters)
      : average_(static_cast<std::size_t>(parameters.integer("period"))),
        protection_{.stop_loss = parameters.number("stop_loss")} {}

  void on_candle(const market::Candle& candle, strategies::Context& context) {
    const double gap = candle.close - average_.update(candle.close);  // NaN in the warm-up
    if (gap > 0 && last_gap_ <= 0) context.buy(1, protection_);
    if (gap < 0 && last_gap_ >= 0) context.sell(1);
    last_gap_ = gap;
  }
  static void each(auto& self, auto& state) { state(self.average_, self.last_gap_); }
  std::vector<double> snapshot() const { return strategies::numbers_of(*this); }
  result::Status restore(std::span<const double> s) { return strategies::restore_into(*this, s); }

 private:
  indicators::Sma average_;
  trading::Protection protection_;
  double last_gap_ = indicators::no_value;
};

HTS_STRATEGY_PLUGIN(@Class@)
)text";

constexpr std::string_view build_template = R"text(cmake_minimum_required(VERSION 3.25)
project(@name@ LANGUAGES CXX)

set(HTS_ROOT "@headers@" CACHE PATH
    "Folder with engine/strategies/plugin.hpp: a checkout of HTS, or include/hts of an installed one")
if(NOT EXISTS ${HTS_ROOT}/engine/strategies/plugin.hpp)
  message(FATAL_ERROR "No engine/strategies/plugin.hpp in '${HTS_ROOT}': give -DHTS_ROOT=FOLDER.")
endif()
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE Release)
endif()

add_library(@name@_plugin MODULE @name@.cpp)
set_target_properties(@name@_plugin PROPERTIES PREFIX "" OUTPUT_NAME @name@ CXX_STANDARD 20
                      CXX_STANDARD_REQUIRED ON CXX_EXTENSIONS OFF CXX_VISIBILITY_PRESET hidden)
target_include_directories(@name@_plugin SYSTEM PRIVATE ${HTS_ROOT})
# Without fused multiply-add the numbers are the same on every processor.
target_compile_options(@name@_plugin PRIVATE -Wall -Wextra -ffp-contract=off)
)text";

constexpr std::string_view readme_template = R"text(# @name@

A strategy for HTS. `@name@.cpp` is all of it.

Build it, with CMake:

```sh
cmake -B build -DHTS_ROOT=@headers@
cmake --build build
```

or with one command:

```sh
c++ -std=c++20 -O2 -ffp-contract=off -shared -fPIC -fvisibility=hidden -I@headers@ @name@.cpp -o @name@.so
```

Try it on a file of candles:

```sh
hts strategies --plugin ./@name@.so @name@
hts backtest --plugin ./@name@.so --strategy @name@ --candles KRW-BTC_1d.csv --param period=30
```

The daemon loads every `*.so` of a folder when it starts:

```sh
hts serve --plugin.dir .
```

Loading a plugin runs its code. `docs/strategies.md` of the project says what a strategy can do.
)text";

/// "dip_buyer" -> "DipBuyer"
std::string class_name(const std::string& name) {
  std::string text;
  bool capital = true;
  for (const char c : name) {
    if (c != '_') text += capital ? static_cast<char>(std::toupper(c)) : c;
    capital = c == '_';
  }
  return text;
}

std::string title_of(std::string name) {
  replace_all(name, "_", " ");
  name.front() = static_cast<char>(std::toupper(name.front()));
  return name;
}

}  // namespace

StrategyFiles strategy_files(const std::string& name, const std::string& headers) {
  const auto filled = [&](std::string_view pattern) {
    std::string text{pattern};
    replace_all(text, "@name@", name);
    replace_all(text, "@Class@", class_name(name));
    replace_all(text, "@Title@", title_of(name));
    replace_all(text, "@headers@", headers);
    return text;
  };
  return {filled(source_template), filled(build_template), filled(readme_template)};
}

}  // namespace hts::cli
