"""Every sentence is there in all three languages, with the same holes, in the right characters."""

import json
import re

import pytest
from click.testing import CliRunner

from tools import i18n

SIMPLIFIED = "们个业丰严丧临为举义乌乐乔习乡书买乱争亏亚产亲亿仅从仓仪们价众优会伞伟传伤伦伪体余侠侣侧侦债倾偿储兰关兴兹养兽册写军农冯冲决况冻净凉减凤凭凯击划刘则刚创删别刹剂剑剧劝办务动励劲劳势勋匀华协单卖卢卫却厂厅历厉压厌厕县参双发变叙叶号叹后吓吗听启员响哑唤啰喷嘱团园围国图圆圣场坏块坚坛垒垫堕墙壮声处备复够头夹夺奋奖妆妇娱婴孙学宁宝实审宪宫宽宾对导寻寿将尔尘尝层属岁岗岛峡币帅师帐帘帜带帮广庆库应庙废开异弃张弹强归当录彻征径忆忧怀态总恋恶恼悬惊惧惨惩惯愤愿懒戏户扑执扩扫扬扰抚抛抢护报担拟拥择挂挡挣挤挥损换据掷搁携摄摆摇撑敌数断无旧时旷显晋晓晕暂术机杀杂权条来杨极构枪柜标栈栋栏树样桥检椭楼横欢欧残毁毕毙气汇汉汤沟没沪泪泼洁洒浅浆测浓涛润涨涩淀渊渐渔温湾湿满滚滞滤滥漏灭灯灵灾炉炼烂烛热爱爷牵状犹独狭狮猎环现玛珑珠琐瑶电画畅疗疯痒瘫皱监盖盘着码砖础硕确离秃种积称稳穷窃窍竖竞笔笼签简粮纠红约级纪纯纲纳纵纷纸纹线练组细终绍经结给络绝统继绩绪续维绵综缓编缘缩缴网罗罚罢职联聪肃肠肤胀胜脉脏脑脚脱脸腊腻舆舰艰艳节芦苏范茧荐荡药莲获营萨落蓝虑虽虾蚀蛮补衬装规觉览触计认讨让训议讯记讲许论设访证评识诉诊词译试诗诚话询该详语误说请诸课调谁谈谊谋谓谢谱贝负贡财责败账货质贩贪购贯贱贴贵贷贸费贺资赋赏赔赖赛赞赢赶趋跃践车轨转轮软轻载较辅辆辈辉输辞边达迁过运还这进远违连迟适选递逻遗邮邻郑采释里针钉钟钢钥钱钻铁铃铝银销锁锅错锐锦键镇镜长门闭问闲间闷闹闻阁阅阔队阳阴阵阶际陆陈险随隐难雾静韩页顶项顺须顾顿预领频题颜额风飞饭饮饰饱馆马驱驶驻驾验骂骑骗鱼鲁鲜鸟鸡鸣黄齐齿龙"  # noqa: E501
SAME_IN_BOTH = set("后里着征余采干面台并范谷系于云只丰叶落温漏没冲净凉况决减凭采帐黄静横强录乱珠狭挣脚姐样")
ONLY_SIMPLIFIED = set(SIMPLIFIED) - SAME_IN_BOTH


def test_nothing_is_missing_fuzzy_obsolete_or_has_other_holes() -> None:
    assert i18n.problems() == []


@pytest.mark.parametrize("domain", i18n.domains(), ids=lambda domain: domain.name)
def test_traditional_is_traditional_and_english_is_english(domain: i18n.Domain) -> None:
    traditional = i18n.translations(domain.file("zh-Hant"))
    english = i18n.translations(domain.file("en"))
    assert {
        text: set(text) & ONLY_SIMPLIFIED for text in traditional.values() if set(text) & ONLY_SIMPLIFIED
    } == {}
    assert [text for text in english.values() if re.search(r"[\u4e00-\u9fff，。：；！？（）]", text)] == []


@pytest.mark.parametrize("domain", i18n.domains(), ids=lambda domain: domain.name)
def test_traditional_has_one_usage(domain: i18n.Domain) -> None:
    """前臺 and 臺帳 as the glossary has them, and 聯繫 throughout."""
    traditional = i18n.translations(domain.file("zh-Hant"))
    assert [text for text in traditional.values() if re.search("台|聯絡|臺賬", text)] == []


def test_a_missing_sentence_is_noticed(monkeypatch, tmp_path) -> None:
    source = tmp_path / "words.py"
    source.write_text('from core.kit.i18n import _\nSAID = _("新的一句 {n}")\n')
    domain = i18n.Domain("x", (tmp_path,), tmp_path / "locale")
    monkeypatch.setattr(i18n, "ROOT", tmp_path)
    monkeypatch.setattr(i18n, "domains", lambda: [domain])
    assert [line.split(" is not")[0] for line in i18n.problems()] == [
        "zh-Hant: '新的一句 {n}'",
        "en: '新的一句 {n}'",
    ]
    words = tmp_path / "words.json"
    words.write_text(json.dumps({"新的一句 {n}": {"zh-Hant": "新的一句 {n}", "en": "A new sentence {m}"}}))
    assert CliRunner().invoke(i18n.main, ["--take", str(words)]).exit_code == 1
    assert i18n.problems() == ["en: '新的一句 {n}' has other holes in 'A new sentence {m}'"]
    words.write_text(json.dumps({"新的一句 {n}": {"en": "A new sentence {n}"}}))
    assert CliRunner().invoke(i18n.main, ["--take", str(words)]).exit_code == 0


def test_templates_are_read_too(tmp_path) -> None:
    folder = tmp_path / "templates"
    folder.mkdir()
    (folder / "a.html").write_text("{% do none %}{{ _('两步 {n}', n=2) }}")
    root = i18n.ROOT
    try:
        i18n.ROOT = tmp_path
        assert i18n.extract(i18n.Domain("x", (tmp_path,), tmp_path)) == {"两步 {n}": {"templates/a.html"}}
    finally:
        i18n.ROOT = root
