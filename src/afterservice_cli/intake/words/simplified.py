"""Traditional Chinese signs as simplified ones, as far as headings and the words in cells need them."""

from __future__ import annotations

# A traditional sign and its simplified one.
_PAIRS = """
    與与 專专 業业 兩两 嚴严 個个 為为 爲为 舉举 買买 產产 産产 倉仓 價价 眾众 優优 會会 體体
    償偿 儲储 關关 寫写 決决 況况 準准 擊击 劃划 則则 創创 別别 辦办 務务 動动 單单 賣卖 廠厂
    參参 發发 號号 後后 員员 諮咨 響响 圍围 場场 壞坏 處处 備备 復复 複复 覆复 頭头 學学 實实
    審审 寶宝 對对 導导 層层 屬属 帳帐 帶带 廣广 應应 庫库 異异 張张 歸归 當当 錄录 徑径 態态
    總总 惡恶 戶户 執执 護护 報报 擇择 掛挂 損损 換换 據据 數数 斷断 無无 時时 顯显 暫暂 術术
    機机 權权 條条 來来 標标 樣样 檢检 匯汇 溝沟 沒没 滿满 點点 熱热 狀状 現现 環环 電电 碼码
    確确 種种 稱称 篩筛 簽签 簡简 類类 緊紧 線线 組组 細细 經经 結结 絡络 統统 維维 編编 網网
    聯联 係系 繫系 補补 裝装 見见 規规 覽览 計计 訂订 認认 議议 記记 論论 設设 訪访 評评 訴诉
    診诊 話话 詢询 詳详 語语 誤误 說说 説说 請请 諾诺 調调 貝贝 負负 財财 責责 賬账 貨货 質质
    購购 費费 賠赔 資资 車车 轉转 輕轻 較较 輸输 過过 運运 進进 遲迟 選选 遞递 郵邮 銷销 長长
    門门 閉闭 問问 間间 險险 頁页 項项 顧顾 預预 領领 題题 額额 風风 饋馈 驗验 驟骤 圖图 臺台
    傳传 營营 節节 級级 約约 終终 續续 繳缴 範范 視视 證证 識识 試试 該该 違违 遠远 連连 適适
    還还 達达 邊边 鐘钟 錯错 鎖锁 隊队 階阶 際际 難难 須须 週周 禮礼 願愿 裡里 裏里 極极 讓让
    誰谁 謝谢 贈赠 軟软 釋释 針针 錢钱 鐵铁 銀银 鏈链 鏡镜 鍋锅 閃闪 閱阅 靜静 順顺 顏颜 飲饮
    館馆 騙骗 麥麦 齊齐 齡龄 內内 國国 華华 麼么 這这 並并 啟启 們们 幾几 歲岁 聽听 壓压
"""
_SIMPLIFIED = {ord(pair[0]): pair[1] for pair in _PAIRS.split()}


def simplified(text: str) -> str:
    """Return a text with simplified signs: 客户姓名 for 客戶姓名."""
    return text if text.isascii() else text.translate(_SIMPLIFIED)
