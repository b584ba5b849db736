#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "adapters/csv/candle_import.hpp"
#include "adapters/json/parameters_json.hpp"
#include "engine/indicators/indicator_definition.hpp"
#include "engine/indicators/warm_up.hpp"
#include "golden_files.hpp"

namespace hts::conformance {
namespace {

/// Allowed difference, as a part of the largest value of a series.
constexpr double tolerance = 1e-9;

class GoldenIndicators : public testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) {
      GTEST_SKIP() << "no golden/indicators in " << shared_folder() << ": nothing to compare with";
    }
    golden_ = boost::json::parse(
                  read_text(shared_folder() / "golden" / "indicators" / (GetParam() + ".json")))
                  .as_object();
    auto file = csv::read_candles(shared_folder() / "data" / "candles" /
                                  (std::string{golden_.at("dataset").as_string()} + ".csv"));
    ASSERT_TRUE(file.ok()) << file.error().message;
    candles_ = std::move(file->series);
    const auto rows = golden_.at("rows").to_number<std::size_t>();
    ASSERT_GE(candles_.size(), rows);
    view_ = candles_.view().slice(0, rows);
  }

  void expect_series(const boost::json::object& series) const {
    const auto found = indicators::find_indicator(series.at("indicator").as_string());
    ASSERT_TRUE(found.ok()) << found.error().message;
    const auto& definition = **found;
    const auto given = json::parse_parameters(series.at("params"));
    ASSERT_TRUE(given.ok()) << given.error().message;
    const auto parameters = indicators::resolve(definition, *given);
    ASSERT_TRUE(parameters.ok()) << parameters.error().message;
    const auto output = std::find(definition.outputs.begin(), definition.outputs.end(),
                                  std::string{series.at("output").as_string()});
    ASSERT_NE(output, definition.outputs.end());
    const auto columns = indicators::compute(definition, *parameters, view_);
    const auto& column = columns[static_cast<std::size_t>(output - definition.outputs.begin())];

    const auto first = series.at("first").to_number<std::size_t>();
    std::vector<double> expected;
    for (const auto& value : series.at("values").as_array()) {
      expected.push_back(value.to_number<double>());
    }
    ASSERT_EQ(column.size(), first + expected.size());
    double scale = 0;
    for (const double value : expected) scale = std::max(scale, std::abs(value));
    for (std::size_t i = 0; i < first; ++i) {
      ASSERT_FALSE(indicators::has_value(column[i])) << "at " << i << " of " << first;
    }
    for (std::size_t i = 0; i < expected.size(); ++i) {
      ASSERT_NEAR(column[first + i], expected[i], tolerance * scale) << "at " << first + i;
    }
  }

  boost::json::object golden_;
  market::CandleSeries candles_;
  market::CandleView view_;
};

TEST_P(GoldenIndicators, every_series_has_the_expected_values_and_warm_up) {
  std::size_t count = 0;
  for (const auto& entry : golden_.at("series").as_array()) {
    const auto& series = entry.as_object();
    SCOPED_TRACE(boost::json::serialize(series.at("indicator")) + " " +
                 boost::json::serialize(series.at("params")) + " " +
                 boost::json::serialize(series.at("output")));
    expect_series(series);
    ++count;
  }
  EXPECT_GT(count, 100U);
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.empty() ? "absent" : info.param;
  std::replace_if(
      name.begin(), name.end(), [](unsigned char c) { return std::isalnum(c) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(files, GoldenIndicators, testing::ValuesIn(golden_names("indicators")),
                         test_name);

}  // namespace
}  // namespace hts::conformance
