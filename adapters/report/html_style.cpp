#include "adapters/report/html_assets.hpp"

namespace hts::report {

std::string_view html_style() {
  return R"css(
:root{color-scheme:light}
*{box-sizing:border-box}
body{margin:0 auto;max-width:1400px;padding:20px 28px 60px;background:#fff;color:#222831;
font:14px/1.5 system-ui,sans-serif}
h1{font-size:22px;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;margin:26px 0 8px}
table{border-collapse:collapse;font-variant-numeric:tabular-nums}
th{font-weight:400;color:#6b7380;text-align:left;padding:2px 14px 2px 0;overflow-wrap:anywhere}
td{text-align:right;padding:2px 0 2px 14px;overflow-wrap:anywhere}
tr{border-bottom:1px solid #eef0f4}
.grid th,.grid td{padding:3px 8px}
.grid thead th{text-align:right}.grid thead th:first-child{text-align:left}
.columns{display:flex;flex-wrap:wrap;gap:12px 56px;align-items:flex-start}
.warnings{background:#fff6e0;border-left:4px solid #e0a100;padding:8px 8px 8px 28px;margin:12px 0}
.note{color:#6b7380}
.bar{display:flex;gap:6px;align-items:center;margin:8px 0;flex-wrap:wrap}
button,select{font:inherit;padding:2px 10px;border:1px solid #c6cbd4;border-radius:4px;
background:#f7f8fa;cursor:pointer}
button:disabled{opacity:.4;cursor:default}
canvas{display:block;width:100%;touch-action:none;cursor:crosshair}
#charts{position:relative}
#tip{position:absolute;pointer-events:none;background:rgba(34,40,49,.92);color:#fff;
border-radius:4px;padding:6px 10px;font-size:12px;white-space:pre;display:none}
.win{color:#0f7a48}.loss{color:#c0303c}
.scroll{overflow-x:auto}
)css";
}

}  // namespace hts::report
