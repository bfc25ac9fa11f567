"""Query parameters that say who clicked, not what was asked for: data of ``worker.identity.urls``.

A name is global only if no site is known to select an article by it. ``from``, ``ref``, ``source``, ``id``, ``mc`` and
the like are not: they go only with a value that gives them away, or at the hosts named. All names are lower case.
"""

from __future__ import annotations

from typing import Final


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


TRACKING_PREFIXES: Final = ("utm_", "mtm_", "matomo_", "hsa_", "at_custom", "__hs", "aspsessionid")

TRACKING: Final = (
    # advertising and mail platforms
    _names(
        "fbclid gclid gclsrc dclid gbraid wbraid yclid ysclid msclkid twclid ttclid li_fat_id igshid igsh "
        "epik mc_cid mc_eid mkt_tok _hsenc _hsmi oly_anon_id oly_enc_id vero_id vero_conv wickedid rb_clickid "
        "s_kwcid _openstat ml_subscriber ml_subscriber_hash ck_subscriber_id _bhlid "
        "gad_source gad_campaignid srsltid mibextid fb_action_ids fb_action_types fb_source fb_ref _branch_match_id "
        "_branch_referrer _kx vgo_ee dm_i hss_channel elqtrack elqtrackid spmailingid spuserid spjobid spreportid "
        "et_rid __twitter_impression sr_share "
    )
    # analytics
    | _names(
        "_ga _gl _ke pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid piwik_campaign "
        "piwik_kwd at_medium at_campaign at_link_id at_link_origin at_format at_bbc_team at_ptr_name "
        "at_link_type wt_mc wt_zmc cmpid ref_src ref_url xtor ns_mchannel ns_source ns_campaign "
        "ns_linkname guccounter guce_referrer guce_referrer_sig _guc_consent_skip "
        "ga_source ga_medium ga_campaign ga_term ga_content ga_place piwik_source piwik_medium piwik_content "
        "wt.mc_id wt.mc_ev wt.tsrc xtref "
    )
    # Chinese portals and share buttons
    | _names(
        "spm scm spm_id_from share_token share_source share_medium share_plat share_tag share_session_id "
        "share_from sharefrom share_times share_uid shareuid isappinstalled wxshare_count nsukey "
        "wechat_redirect wxfid bd_vid hmsr hmpl hmcu hmkw hmci qhclickid pgv_ref adtag log_from _zbs_baidu_bk "
        "vd_source buvid tt_from sudaref tdsourcetag qq_aio_chat_type mpshare sinawapsharesource weibo_share_id "
    )
    # sessions
    | _names("jsessionid phpsessid cfid cftoken ")
)

# These name a visit where the value is long and random, and else a session of a conference or a section.
SESSIONS: Final = _names("sid sessionid session_id")

TRACKING_VALUES: Final = {
    "amp": frozenset(("", "1", "true")),
    "outputtype": frozenset(("amp",)),
    "output": frozenset(("amp",)),
    "from": _names("timeline groupmessage singlemessage appmessage rss feed wechat weixin weibo qq qzone share"),
    "ref": frozenset(("rss", "feed", "rssfeed")),
    "source": frozenset(("rss", "feed", "rssfeed")),
    "src": frozenset(("rss", "feed", "rssfeed")),
    "partner": frozenset(("rss", "feed")),
    "emc": frozenset(("rss",)),
    "cmp": frozenset(("rss", "share_btn_fb", "share_btn_tw", "twt_gu", "fb_gu")),
    "ocid": frozenset(("rss", "socialflow_twitter", "socialflow_facebook")),
}

# Beyond the global list, at this domain and everything below it.
TRACKING_AT: Final = {
    "sina.com.cn": _names("cre mod loc r rfunc tj tr doct wm vt from fromsinago"),
    "sina.cn": _names("cre mod loc r rfunc tj tr doct wm vt from pos his fromsinago"),
    "baidu.com": _names("wfr for"),
    "163.com": _names("f fr spss spsuid spsdevid from referfrom"),
    "toutiao.com": _names("log_from source timestamp use_new_style share_did app tt_force_outside wid"),
    "sohu.com": _names("f fr trans_ sf_a _trans_"),
    "qq.com": _names("ptag from refer suid qqsharefrom"),
    "ifeng.com": _names("f fr"),
    "weixin.qq.com": _names(
        "chksm scene subscene sessionid clicktime enterid ascene devicetype srcid sharer_shareid poc_token"
    ),
    "bilibili.com": _names("from_source from_spmid bbid ts unique_k plat_id is_story_h5 mid"),
    "thepaper.cn": _names("commtag"),
    "guancha.cn": _names("s"),
    "weibo.com": _names("from wvr mod refer_flag"),
    "dailymail.co.uk": _names("ito"),
    "nytimes.com": _names("smid smtyp partner emc"),
    "washingtonpost.com": _names("itid wpisrc wpmm"),
    "wsj.com": _names("mod reflink"),
    "ft.com": _names("ftcamp segmentid sharetype"),
    "bloomberg.com": _names("srnd sref leadsource"),
    "economist.com": _names("fsrc"),
    "yahoo.com": _names(".tsrc soc_src soc_trk"),
    "scmp.com": _names("module pgtype"),
    "theguardian.com": _names("cmp"),
    "dw.com": _names("maca"),
    "bbc.co.uk": _names("ocid ns_fee"),
    "bbc.com": _names("ocid ns_fee"),
    "reuters.com": _names("feedtype feedname"),
}

# At these hosts (as folded: no www., no m.), below these paths, only the parameters named select anything. The first
# path that fits decides; where parameters are named and none of them is there, the lists above are asked instead.
KEPT: Final = {
    "mp.weixin.qq.com": (
        ("/s/", frozenset[str]()),
        ("/s", _names("__biz mid idx sn")),
        ("/mp/appmsg/show", _names("__biz appmsgid itemidx sign")),
    ),
    "baijiahao.baidu.com": (("/s", _names("id")),),
    "mbd.baidu.com": (("/newspage/", _names("id context")),),
    "sohu.com": (("/a/", frozenset[str]()),),
    "163.com": (("/dy/article/", frozenset[str]()), ("/news/article/", frozenset[str]())),
    "toutiao.com": (("/article/", frozenset[str]()),),
    "new.qq.com": (("/rain/a/", frozenset[str]()),),
    "k.sina.cn": (("/article_", frozenset[str]()),),
    "bilibili.com": (("/video/", _names("p")),),
    "youtube.com": (("/watch", _names("v list")),),
    "news.ycombinator.com": (("/item", _names("id")),),
}

# Other names of one host (both as folded) with the same paths.
ALIASES: Final = {"3g.163.com": "163.com"}
