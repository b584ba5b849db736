#include "adapters/http/page_request.hpp"

#include "adapters/http/path_template.hpp"
#include "adapters/http/run_request.hpp"

namespace hts::http {

result::Result<PageRequest> parse_page(std::string_view query, const PageLimits& limits) {
  const auto limit_text = query_parameter(query, "limit");
  if (!limit_text.ok()) return limit_text.error();
  const auto offset_text = query_parameter(query, "offset");
  if (!offset_text.ok()) return offset_text.error();
  const auto limit = parse_count(*limit_text, "limit", limits.usual, 1, limits.most);
  if (!limit.ok()) return limit.error();
  const auto offset = parse_count(*offset_text, "offset", 0, 0, limits.last_offset);
  if (!offset.ok()) return offset.error();
  return PageRequest{*limit, *offset};
}

}  // namespace hts::http
