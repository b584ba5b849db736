#include "adapters/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "recorded_response.hpp"

namespace hts::http {
namespace {

using testing::HasSubstr;

class RouterTest : public testing::Test {
 protected:
  RouterTest() {
    add(Method::get, "/runs/{run_id}");
    add(Method::get, "/runs/latest");
    add(Method::patch, "/runs/{run_id}/symbols/{symbol}");
    add(Method::post, "/runs/run");
    add(Method::get, "/");
  }

  void add(Method method, const std::string& path_template) {
    router_.add(method, path_template, "", [](const RoutedRequest& request, Responder responder) {
      std::string seen;
      for (const auto& [name, value] : request.path) seen.append(name).append("=" + value + ";");
      responder.send(json_response(200, seen));
    });
  }

  const Response& call(Method method, std::string_view path,
                       std::span<const HeaderField> headers = {}) {
    HttpRequest request = request_of(method, path);
    request.headers = headers;
    sink_ = std::make_shared<RecordedResponse>(request);
    router_.handle(sink_->request(), Responder{sink_});
    return sink_->responses.at(0);
  }
  [[nodiscard]] const std::string& route() const { return sink_->routes.at(0); }

 private:
  Router router_;
  std::shared_ptr<RecordedResponse> sink_;
};

TEST_F(RouterTest, prefers_a_literal_path_to_a_named_part) {
  call(Method::get, "/runs/latest");
  EXPECT_EQ(route(), "/runs/latest");
  EXPECT_EQ(call(Method::get, "/runs/1234").body, "run_id=1234;");
  EXPECT_EQ(route(), "/runs/{run_id}");
}

TEST_F(RouterTest, decodes_path_parts) {
  EXPECT_EQ(call(Method::patch, "/runs/a%20b/symbols/KRW%2DBTC").body,
            "run_id=a b;symbol=KRW-BTC;");
  call(Method::get, "/runs/l%61test");
  EXPECT_EQ(route(), "/runs/latest");
}

TEST_F(RouterTest, ignores_a_trailing_slash) {
  EXPECT_EQ(call(Method::get, "/runs/latest/").status, 200);
  EXPECT_EQ(call(Method::get, "/").status, 200);
}

TEST_F(RouterTest, refuses_a_change_that_a_page_of_another_site_asks_for) {
  const std::vector<HeaderField> foreign = {{"Host", "127.0.0.1:8000"},
                                            {"Origin", "http://evil.example"}};
  EXPECT_EQ(call(Method::post, "/runs/run", foreign).status, 403);
  EXPECT_EQ(call(Method::get, "/runs/latest", foreign).status, 200);
  const std::vector<HeaderField> sandboxed = {{"Host", "127.0.0.1:8000"}, {"Origin", "null"}};
  EXPECT_EQ(call(Method::post, "/runs/run", sandboxed).status, 403);
  const std::vector<HeaderField> own = {{"Host", "127.0.0.1:8000"},
                                        {"Origin", "http://127.0.0.1:8000"}};
  EXPECT_EQ(call(Method::post, "/runs/run", own).status, 200);
  EXPECT_EQ(call(Method::post, "/runs/run").status, 200);
}

TEST_F(RouterTest, says_where_to_look_when_nothing_is_there) {
  const Response& response = call(Method::get, "/nowhere");
  EXPECT_EQ(response.status, 404);
  EXPECT_THAT(response.body, HasSubstr("'/nowhere'"));
  EXPECT_THAT(response.body, HasSubstr("GET / lists the endpoints"));
  EXPECT_EQ(route(), "unmatched");
}

TEST_F(RouterTest, names_the_methods_that_a_path_takes) {
  const Response& response = call(Method::remove, "/runs/latest");
  EXPECT_EQ(response.status, 405);
  ASSERT_EQ(response.headers.size(), 1U);
  EXPECT_EQ(response.headers[0].first, "Allow");
  EXPECT_EQ(response.headers[0].second, "GET, HEAD");
  EXPECT_THAT(response.body, HasSubstr("DELETE is not possible at '/runs/latest'"));
}

TEST_F(RouterTest, answers_head_where_it_answers_get) {
  EXPECT_EQ(call(Method::head, "/runs/latest").status, 200);
  EXPECT_EQ(call(Method::head, "/runs/run").status, 405);
}

TEST_F(RouterTest, refuses_paths_that_climb) {
  EXPECT_EQ(call(Method::get, "/runs/%2e%2e").status, 400);
  EXPECT_EQ(call(Method::get, "/runs/%00").status, 400);
}

}  // namespace
}  // namespace hts::http
