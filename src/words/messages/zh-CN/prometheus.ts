import type { prometheus as english } from '../en/prometheus.js';

/** 无法访问或未能完整读取指标服务器时的说明。 */
export const prometheus = {
  'prometheus.error.cluster':
    '{server}：无法读取集群的 Service（{reason}）；请用 --prometheus URL 给出地址，必要时用 kubectl port-forward',
  'prometheus.error.no-service': '{server}：{count} 个 Service 中没有 oomkit 认识的指标服务器；请用 --prometheus URL 给出地址',
  'prometheus.error.bad-url': '{server}：不是 http 或 https 地址；--prometheus 需要形如 https://prometheus.example:9090 的地址',
  'prometheus.error.bad-header': '{server}：请求头 {header} 含有 HTTP 不允许的字符；令牌文件中只能有令牌本身',
  'prometheus.error.unreachable': '{server}：无法连接（{reason}）；请检查地址，或用 kubectl port-forward 访问',
  'prometheus.error.certificate':
    '{server}：证书不受信任（{reason}）；用 --prometheus-ca 指定其 CA，或用 --prometheus-insecure 接受任何证书',
  'prometheus.error.timeout': '{server}：{limit}内没有回答；请缩短时间窗口，或用 --prometheus-timeout 延长等待',
  'prometheus.error.cut': '{server}：连接多次在应答中途断开（{reason}）',
  'prometheus.error.too-large': '{server}：应答超过 {limit}；请缩短时间窗口',
  'prometheus.error.unauthorized':
    '{server}：需要身份验证（{status}）：{reason}。用 --prometheus-token-file 提供令牌，或提供用户名和密码',
  'prometheus.error.forbidden': '{server}：身份有效但没有权限（{status}）：{reason}',
  'prometheus.error.not-found':
    '{server}：此地址下没有 Prometheus API（{status}）；Mimir 需要路径 /prometheus，VictoriaMetrics 集群版需要 /select/0/prometheus',
  'prometheus.error.redirected': '{server}：被重定向（{status}）到 {to}，多半是登录页。请给出登录页之后的地址，或提供令牌',
  'prometheus.error.refused':
    "{server}：拒绝了查询（{status}）：{reason}。Mimir 和 Cortex 需要租户：--prometheus-header 'X-Scope-OrgID: NAME'",
  'prometheus.error.too-many-samples': '{server}：查询超出其上限（{status}）：{reason}。请缩短时间窗口',
  'prometheus.error.busy': '{server}：服务器一直繁忙（{status}）：{reason}',
  'prometheus.error.server': '{server}：服务器出错（{status}）：{reason}',
  'prometheus.error.not-prometheus': '{server}：应答的不是 Prometheus API（收到的是 {found}）；请检查地址及其路径',
  'prometheus.note.warning': '指标服务器警告：{text}',
  'prometheus.note.partial': '指标服务器标明应答不完整：部分存储没有响应。',
  'prometheus.note.token-in-clear': '{server}：凭据经明文 http 发送，途中可能被读取',
} as const satisfies Record<keyof typeof english, string>;
