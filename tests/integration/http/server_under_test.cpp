#include "server_under_test.hpp"

#include <stdexcept>

namespace hts::http_test {
namespace {

/// Says one word, then nothing more; tells when it ends.
class OneWord final : public http::ResponseStream {
 public:
  explicit OneWord(Handover<int>& ended) : ended_(ended) {}
  ~OneWord() override { ended_.put(1); }
  bool read(std::string& out) override {
    if (!std::exchange(said_, true)) out += "word.";
    return true;
  }
  void beat(std::string& out) override { out += "beat."; }
  void end(std::string& out) override { out += "end."; }
  void listen(std::function<void()>) override {}

 private:
  Handover<int>& ended_;
  bool said_ = false;
};

}  // namespace

ServerUnderTest::ServerUnderTest(const http::ServerOptions& options) : work_(io_.get_executor()) {
  http::ServerOptions own = options;
  own.port = 0;
  auto server = http::Server::listen(
      io_, own,
      [this](const http::HttpRequest& request, http::Responder responder) {
        handle(request, std::move(responder));
      },
      [this](const http::AccessRecord& record) {
        log.put({std::string{to_text(record.method)}, std::string{record.route}, record.status,
                 std::string{record.request_id}, record.trace});
      });
  if (!server.ok()) throw std::runtime_error(server.error().message);
  server_ = std::move(server).value();
  for (int i = 0; i < 2; ++i) {
    threads_.emplace_back([this] { io_.run(); });
  }
}

ServerUnderTest::~ServerUnderTest() {
  io_.stop();
  threads_.clear();
}

void ServerUnderTest::handle(const http::HttpRequest& request, http::Responder responder) {
  responder.set_route("/tested");
  if (request.path == "/later") return waiting.put(std::move(responder));
  if (request.path == "/throw") throw std::runtime_error("the handler is broken");
  if (request.path == "/drop") return;
  http::Response response;
  response.content_type = "text/plain";
  if (request.path == "/big") {
    response.body.assign(8'388'608, 'x');
  } else if (request.path == "/stream") {
    response.stream = std::make_shared<OneWord>(ended_streams);
  } else if (request.path == "/echo") {
    response.body = request.body;
  } else {
    response.body = "hello";
  }
  responder.send(std::move(response));
}

}  // namespace hts::http_test
