#include "integration/upbit/recorded_upbit.hpp"

#include <algorithm>
#include <atomic>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

namespace hts::upbit {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

std::string query_value(const std::string& target, const std::string& name) {
  for (const char* separator : {"?", "&"}) {
    const std::string key = separator + name + "=";
    const auto at = target.find(key);
    if (at == std::string::npos) continue;
    const auto begin = at + key.size();
    return target.substr(begin, target.find('&', begin) - begin);
  }
  return {};
}

std::string with_head(const std::string& status, const std::string& body,
                      const std::string& more_headers = "") {
  return "HTTP/1.1 " + status + "\r\nContent-Type: application/json\r\n" + more_headers +
         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
}

}  // namespace

struct RecordedUpbit::Listener {
  asio::io_context context;
  tcp::acceptor acceptor{context, tcp::endpoint{asio::ip::address_v4::loopback(), 0}};
  std::mutex mutex;
  std::optional<tcp::socket> connection;  ///< guarded by mutex for shutdown
  std::atomic<bool> stopping = false;
};

RecordedUpbit::RecordedUpbit() : listener_(std::make_unique<Listener>()) {
  thread_ = std::thread([this] { serve(); });
}

RecordedUpbit::~RecordedUpbit() {
  listener_->stopping = true;
  {
    const std::lock_guard lock(listener_->mutex);
    ::shutdown(listener_->acceptor.native_handle(), SHUT_RDWR);
    if (listener_->connection) ::shutdown(listener_->connection->native_handle(), SHUT_RDWR);
  }
  thread_.join();
}

std::string RecordedUpbit::base_url() const {
  return "http://127.0.0.1:" + std::to_string(listener_->acceptor.local_endpoint().port());
}

void RecordedUpbit::add_page(const std::string& path, const std::filesystem::path& page) {
  std::ifstream file(page);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string key = "\"candle_date_time_utc\": \"";
  const std::lock_guard lock(mutex_);
  for (auto begin = text.find('{'); begin != std::string::npos; begin = text.find('{', begin + 1)) {
    const std::string candle = text.substr(begin, text.find('}', begin) + 1 - begin);
    const std::string open_time = candle.substr(candle.find(key) + key.size(), 19);
    candles_[path][*time::parse_iso8601(open_time)] = candle;
  }
}

void RecordedUpbit::add_candle(const std::string& path, time::Timestamp open_time, double price) {
  std::ostringstream text;
  const std::string utc = time::format_iso8601(open_time);
  text << R"({"market":"KRW-BTC","candle_date_time_utc":")" << utc.substr(0, utc.size() - 1)
       << R"(","opening_price":)" << price << R"(,"high_price":)" << price << R"(,"low_price":)"
       << price << R"(,"trade_price":)" << price << R"(,"candle_acc_trade_volume":1})";
  const std::lock_guard lock(mutex_);
  candles_[path][open_time] = text.str();
}

void RecordedUpbit::order(std::vector<Fault> faults) {
  const std::lock_guard lock(mutex_);
  faults_.assign(faults.begin(), faults.end());
}

std::vector<std::string> RecordedUpbit::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void RecordedUpbit::serve() {
  while (!listener_->stopping) {
    boost::system::error_code failed;
    tcp::socket accepted(listener_->context);
    listener_->acceptor.accept(accepted, failed);
    if (failed) return;
    {
      const std::lock_guard lock(listener_->mutex);
      if (listener_->stopping) return;
      listener_->connection.emplace(std::move(accepted));
    }
    std::string buffer;
    for (;;) {
      const std::size_t length = asio::read_until(*listener_->connection,
                                                  asio::dynamic_buffer(buffer), "\r\n\r\n", failed);
      if (failed) break;
      const std::string target = buffer.substr(4, buffer.find(' ', 4) - 4);
      buffer.erase(0, length);
      Fault fault = Fault::none;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(target);
        if (!faults_.empty()) {
          fault = faults_.front();
          faults_.pop_front();
        }
      }
      // Reading again waits until the client has given up and closes.
      if (fault == Fault::stall) continue;
      asio::write(*listener_->connection, asio::buffer(answer(target, fault)), failed);
      if (failed || fault == Fault::cut_off_body || fault == Fault::hang_up) break;
    }
    const std::lock_guard lock(listener_->mutex);
    listener_->connection.reset();
  }
}

std::string RecordedUpbit::answer(const std::string& target, Fault fault) const {
  switch (fault) {
    case Fault::too_many_requests:
      return with_head("429 Too Many Requests", R"({"name":"too_many_requests"})");
    case Fault::too_many_requests_wait_seven:
      return with_head("429 Too Many Requests", R"({"name":"too_many_requests"})",
                       "Retry-After: 7\r\n");
    case Fault::server_error:
      return with_head("500 Internal Server Error", "");
    case Fault::not_json:
      return with_head("200 OK", "<html>maintenance</html>");
    case Fault::cut_off_body: {
      std::string whole = with_head("200 OK", page(target, fault));
      whole.resize(whole.size() * 2 / 3);
      return whole;
    }
    case Fault::hang_up:
      return "HTTP/1.1 200 OK\r\nContent-Le";
    case Fault::huge_body:
      return with_head("200 OK", std::string(5'000'000, ' '));
    default:
      break;
  }
  if (query_value(target, "market") != "KRW-BTC") {
    return with_head("404 Not Found", R"({"error":{"name":404,"message":"Code not found"}})");
  }
  return with_head("200 OK", page(target, fault));
}

std::string RecordedUpbit::page(const std::string& target, Fault fault) const {
  const std::lock_guard lock(mutex_);
  const auto found = candles_.find(target.substr(0, target.find('?')));
  if (found == candles_.end()) return "[]";
  const auto& series = found->second;
  const auto to = time::parse_iso8601(query_value(target, "to"), true);
  const auto count = std::stoul("0" + query_value(target, "count"));
  auto at = !to || fault == Fault::same_page_again ? series.end() : series.lower_bound(*to);
  std::string text = "[";
  for (std::size_t i = 0; i < count && at != series.begin(); ++i) {
    --at;
    text += (i == 0 ? "" : ",") + at->second;
  }
  text += "]";
  const std::string market = "KRW-BTC";
  if (fault == Fault::other_market) {
    for (auto place = text.find(market); place != std::string::npos; place = text.find(market)) {
      text.replace(place, market.size(), "KRW-ETH");
    }
  }
  return text;
}

}  // namespace hts::upbit
