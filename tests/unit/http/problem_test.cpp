#include "adapters/http/problem.hpp"

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recorded_response.hpp"

namespace hts::http {
namespace {

using result::ErrorCode;

TEST(Problem, has_the_status_that_the_error_code_promises) {
  const std::vector<std::pair<ErrorCode, int>> promised = {
      {ErrorCode::malformed, 400},   {ErrorCode::unknown_symbol, 400}, {ErrorCode::invalid, 422},
      {ErrorCode::not_found, 404},   {ErrorCode::too_large, 413},      {ErrorCode::conflict, 409},
      {ErrorCode::unavailable, 503}, {ErrorCode::timed_out, 504},      {ErrorCode::cancelled, 503},
      {ErrorCode::storage, 500},     {ErrorCode::network, 500},        {ErrorCode::internal, 500},
  };
  for (const auto& [code, status] : promised) {
    const Problem problem = to_problem(result::make_error(code, "A sentence."));
    EXPECT_EQ(problem.status, status);
    EXPECT_EQ(problem.retry_after_seconds > 0, status == 503);
    EXPECT_EQ(problem.detail == "A sentence.", status != 500);
  }
}

TEST(Problem, is_written_as_problem_details) {
  Problem problem = to_problem(
      result::make_error(ErrorCode::invalid, "Say \"true\" or \"false\".", "params.include_wicks"));
  const Response response = problem_response(problem, "/api/x\xff", "id-9");
  EXPECT_EQ(response.content_type, "application/problem+json");
  const boost::json::value json = boost::json::parse(response.body);
  EXPECT_EQ(json, boost::json::parse(R"({"type":"urn:hts:problem:invalid",
      "title":"Unprocessable Content","status":422,"detail":"Say \"true\" or \"false\".",
      "field":"params.include_wicks","instance":"/api/x?","request_id":"id-9"})"));
}

TEST(Responder, answers_500_when_it_is_forgotten) {
  const auto sink = std::make_shared<RecordedResponse>(request_of(Method::get, "/x"));
  {
    const Responder forgotten{sink};
  }
  ASSERT_EQ(sink->responses.size(), 1U);
  EXPECT_EQ(sink->responses[0].status, 500);
}

TEST(Responder, answers_once) {
  const auto sink = std::make_shared<RecordedResponse>(request_of(Method::get, "/x"));
  {
    Responder first{sink};
    Responder second = std::move(first);
    EXPECT_TRUE(second.pending());
    second.send(json_response(200, "{}"));
    EXPECT_FALSE(second.pending());
    second.fail(Problem{});
  }
  ASSERT_EQ(sink->responses.size(), 1U);
  EXPECT_EQ(sink->responses[0].status, 200);
}

TEST(Responder, answers_the_old_request_when_it_takes_over_another) {
  const auto old_sink = std::make_shared<RecordedResponse>(request_of(Method::get, "/old"));
  const auto new_sink = std::make_shared<RecordedResponse>(request_of(Method::get, "/new"));
  Responder responder{old_sink};
  responder = Responder{new_sink};
  ASSERT_EQ(old_sink->responses.size(), 1U);
  EXPECT_EQ(old_sink->responses[0].status, 500);
  EXPECT_TRUE(new_sink->responses.empty());
  responder.send({});
  EXPECT_EQ(new_sink->responses.size(), 1U);
}

}  // namespace
}  // namespace hts::http
