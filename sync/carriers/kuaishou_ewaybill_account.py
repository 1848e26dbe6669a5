"""Kuaishou's own e-waybill: through which app, by which courier and branch."""

from dataclasses import dataclass, field

from sync.gateways.kuaishou_sign import KuaishouKeys


@dataclass(frozen=True, slots=True)
class KuaishouLabelAccount:
    """One shop with one courier.

    `courier` is the courier's code at Kuaishou. A franchise courier is asked by its branch
    (`site_code`, `site_name`), one that runs its branches itself by `settle_account`. The
    label's form is `template_url`, the courier's product `product`; SF wants `isv_client_code`.
    """

    keys: KuaishouKeys = field(repr=False)
    courier: str
    site_code: str = ""
    site_name: str = ""
    settle_account: str = ""
    template_url: str = ""
    product: str = ""
    isv_client_code: str = ""
