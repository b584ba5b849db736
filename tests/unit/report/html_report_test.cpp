#include "adapters/report/html_report.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "engine/json/json_text.hpp"
#include "sample_report.hpp"

namespace hts::report {
namespace {

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const auto from = text.find(begin);
  if (from == std::string::npos) return {};
  const auto to = text.find(end, from + begin.size());
  return text.substr(from + begin.size(), to - from - begin.size());
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string document(const Sample& sample, const ReportDetails& details = {}) {
  return html_report(sample.report, sample.views(), details);
}

boost::json::object data_of(const std::string& html) {
  json::ParseLimits limits;
  limits.max_bytes = std::size_t{1} << 27U;
  return json::parse_json(
             between(html, "<script type=\"application/json\" id=\"data\">", "</script>"), limits)
      .value()
      .as_object();
}

/// The first element that is closed and not open, or open at the end; what scripts and styles hold
/// is no markup.
std::string first_imbalance(const std::string& html) {
  std::vector<std::string> open;
  for (auto at = html.find('<'); at != std::string::npos; at = html.find('<', at + 1)) {
    const bool closes = html[at + 1] == '/';
    const auto begin = at + (closes ? 2 : 1);
    const auto end = html.find_first_of(" >", begin);
    const std::string name = html.substr(begin, end - begin);
    if (name == "meta" || name == "!DOCTYPE") continue;
    if (!closes) {
      open.push_back(name);
      if (name == "script" || name == "style") at = html.find("</" + name, end) - 1;
    } else if (open.empty() || open.back() != name) {
      return name;
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back();
}

TEST(HtmlReport, is_one_document_that_loads_nothing) {
  const auto html = document(sample_of(500, 2, 20));
  EXPECT_TRUE(html.starts_with("<!DOCTYPE html>"));
  EXPECT_NE(html.find("default-src 'none'"), std::string::npos);
  for (const char* loader : {"http:", "https:", " src=", " href=", "@import", "url(", "fetch("}) {
    EXPECT_EQ(html.find(loader), std::string::npos) << loader;
  }
  EXPECT_EQ(count_of(html, "<script"), 2U);
  EXPECT_EQ(count_of(html, "</script"), 2U);
  EXPECT_EQ(first_imbalance(html), "");
}

TEST(HtmlReport, shows_statistics_months_symbols_parameters_and_facts) {
  auto sample = sample_of(500, 2, 20);
  sample.report.statistics.sharpe_ratio = 1.2346;
  sample.report.warnings = {"Only 20 trades."};
  const auto html = document(
      sample, {"sma_cross on COIN0_KRW", {{"fast", "10"}}, {{"Data fingerprint", "c0ffee"}}});
  for (const char* text :
       {"sma_cross on COIN0_KRW", "<td>1.235</td>", "Only 20 trades.", "Returns by month",
        "<th>2022</th>", "<th>COIN1_KRW</th>", "<th>fast</th><td>10</td>",
        "<th>Data fingerprint</th><td>c0ffee</td>"}) {
    EXPECT_NE(html.find(text), std::string::npos) << text;
  }
}

TEST(HtmlReport, no_name_from_outside_becomes_markup_or_script) {
  const std::string attack = "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\"&";
  auto sample = sample_of(50, 1, 4);
  sample.report.slots[0].strategy = attack;
  sample.report.slots.push_back({attack, 0});
  sample.report.per_slot.push_back(sample.report.per_slot[0]);
  sample.report.warnings = {attack};
  const auto html = document(sample, {attack, {{attack, attack}}, {{attack, attack}}});
  EXPECT_EQ(count_of(html, "<script"), 2U);
  EXPECT_EQ(count_of(html, "</script"), 2U);
  EXPECT_EQ(html.find("<img"), std::string::npos);
  EXPECT_EQ(first_imbalance(html), "");
  EXPECT_EQ(data_of(html).at("slots").at(0).as_string(), attack);
}

TEST(HtmlReport, the_data_of_the_charts_are_those_of_the_simulation) {
  const auto sample = sample_of(300, 1, 7);
  const auto data = data_of(document(sample));
  EXPECT_EQ(data.at("bars").to_number<std::size_t>(), 300U);
  EXPECT_EQ(data.at("equity").as_array().size(), 300U);
  EXPECT_EQ(data.at("symbols").at(0).at("close").as_array().size(), 300U);
  EXPECT_NEAR(data.at("equity").at(12).to_number<double>(), sample.report.result.equity[12], 1e-3);
  const auto& trade = data.at("trades").at(1).as_array();
  EXPECT_EQ(trade.size(), 15U);
  EXPECT_EQ(trade[2].to_number<std::size_t>(), sample.report.result.trades[1].entry_bar);
  EXPECT_EQ(trade[9].to_number<double>(), -10);
  EXPECT_EQ(trade[14].as_string(), "signal");
}

TEST(HtmlReport, of_a_million_bars_and_many_trades_stays_small_and_says_so) {
  const auto html = document(sample_of(1'000'000, 1, 50'000));
  EXPECT_LT(html.size(), 6'000'000U);
  const auto data = data_of(html);
  EXPECT_EQ(data.at("equity").as_array().size(), 20'000U);
  EXPECT_EQ(data.at("trades").as_array().size(), 10'000U);
  EXPECT_NE(html.find("Each point stands for 50 of 1000000 bars."), std::string::npos);
  EXPECT_NE(html.find("The first 10000 of 50000"), std::string::npos);
}

TEST(HtmlReport, of_many_symbols_shares_the_room_and_says_so) {
  const auto html = document(sample_of(5'000, 60, 100));
  EXPECT_LT(html.size(), 6'000'000U);
  EXPECT_EQ(data_of(html).at("symbols").as_array().size(), 20U);
  EXPECT_NE(html.find("The first 20 of 60 symbols have a chart."), std::string::npos);
}

TEST(HtmlReport, of_nothing_is_still_a_document) {
  EXPECT_EQ(first_imbalance(html_report({}, {}, {})), "");
}

}  // namespace
}  // namespace hts::report
