//! The words that names are made of: plain Korean words, none of them anybody's name or address.

/// What an institution is called first: a Korean word and how it is written in English.
#[rustfmt::skip]
pub(crate) const STEMS: [(&str, &str); 100] = [
    ("누리", "Nuri"), ("한별", "Hanbyeol"), ("가람", "Garam"), ("솔빛", "Solbit"), ("두레", "Dure"),
    ("미르", "Mir"), ("다솜", "Dasom"), ("나래", "Narae"), ("마루", "Maru"), ("아라", "Ara"),
    ("해솔", "Haesol"), ("윤슬", "Yunseul"), ("도담", "Dodam"), ("물결", "Mulgyeol"), ("바다", "Bada"),
    ("하늘", "Haneul"), ("새벽", "Saebyeok"), ("이슬", "Iseul"), ("구름", "Gureum"), ("바람", "Baram"),
    ("햇살", "Haetsal"), ("달빛", "Dalbit"), ("별빛", "Byeolbit"), ("은하", "Eunha"), ("노을", "Noeul"),
    ("들꽃", "Deulkkot"), ("산들", "Sandeul"), ("여울", "Yeoul"), ("시내", "Sinae"), ("샘터", "Saemteo"),
    ("모래", "Morae"), ("바위", "Bawi"), ("언덕", "Eondeok"), ("고개", "Gogae"), ("나루", "Naru"),
    ("포구", "Pogu"), ("등대", "Deungdae"), ("돛단", "Dotdan"), ("닻별", "Datbyeol"), ("너울", "Neoul"),
    ("소나", "Sona"), ("참솔", "Chamsol"), ("푸름", "Pureum"), ("초록", "Chorok"), ("새싹", "Saessak"),
    ("열매", "Yeolmae"), ("뿌리", "Ppuri"), ("가지", "Gaji"), ("잎새", "Ipsae"), ("송이", "Songi"),
    ("한들", "Handeul"), ("너른", "Neoreun"), ("높새", "Nopsae"), ("마파", "Mapa"), ("하늬", "Hanui"),
    ("된바", "Doenba"), ("보라", "Bora"), ("쪽빛", "Jjokbit"), ("금빛", "Geumbit"), ("은빛", "Eunbit"),
    ("무지", "Muji"), ("단비", "Danbi"), ("함박", "Hambak"), ("서리", "Seori"), ("안개", "Angae"),
    ("온새", "Onsae"), ("미리", "Miri"), ("다온", "Daon"), ("라온", "Raon"), ("시나", "Sina"),
    ("모아", "Moa"), ("이음", "Ieum"), ("맺음", "Maejeum"), ("틔움", "Tuium"), ("피움", "Pium"),
    ("채움", "Chaeum"), ("세움", "Seum"), ("나눔", "Nanum"), ("돋움", "Dodum"), ("배움", "Baeum"),
    ("울림", "Ullim"), ("어울", "Eoul"), ("한울", "Hanul"), ("큰솔", "Keunsol"), ("작은", "Jageun"),
    ("첫눈", "Cheotnun"), ("봄비", "Bombi"), ("여름", "Yeoreum"), ("가을", "Gaeul"), ("겨울", "Gyeoul"),
    ("아침", "Achim"), ("한낮", "Hannat"), ("저녁", "Jeonyeok"), ("보름", "Boreum"), ("그믐", "Geumeum"),
    ("실개", "Silgae"), ("징검", "Jinggeom"), ("돌담", "Doldam"), ("기와", "Giwa"), ("사랑", "Sarang"),
];

/// What it does: a list for each group, no word in two of them.
pub(crate) type Endings = &'static [(&'static str, &'static str)];

#[rustfmt::skip]
pub(crate) const COMMUNICATIONS: Endings = &[
    ("텔레콤", "Telecom"), ("통신", "Communications"), ("케이블", "Cable"), ("방송", "Broadcasting"),
    ("포털", "Portal"), ("메신저", "Messenger"), ("미디어", "Media"), ("게임즈", "Games"),
];
#[rustfmt::skip]
pub(crate) const HOSTING: Endings = &[
    ("클라우드", "Cloud"), ("호스팅", "Hosting"), ("데이터센터", "Data Centre"), ("서버", "Servers"),
    ("도메인", "Domains"), ("정보시스템", "Information Systems"),
];
#[rustfmt::skip]
pub(crate) const FINANCE: Endings = &[
    ("은행", "Bank"), ("손해보험", "Insurance"), ("생명", "Life"), ("증권", "Securities"),
    ("카드", "Card"), ("캐피탈", "Capital"), ("저축은행", "Savings Bank"), ("페이", "Pay"),
];
#[rustfmt::skip]
pub(crate) const HEALTH: Endings = &[
    ("병원", "Hospital"), ("종합병원", "General Hospital"), ("의원", "Clinic"), ("제약", "Pharma"),
    ("의료기", "Medical Devices"), ("바이오", "Bio"),
];
#[rustfmt::skip]
pub(crate) const ENERGY: Endings = &[
    ("전력", "Power"), ("가스", "Gas"), ("정유", "Refining"), ("태양광", "Solar"), ("열병합", "Heat and Power"),
];
#[rustfmt::skip]
pub(crate) const TRANSPORT: Endings = &[
    ("항공", "Air"), ("해운", "Shipping"), ("고속", "Express"), ("철도", "Railway"), ("택배", "Parcel"),
];
#[rustfmt::skip]
pub(crate) const INDUSTRY: Endings = &[
    ("중공업", "Heavy Industries"), ("전자", "Electronics"), ("반도체", "Semiconductor"), ("화학", "Chemical"),
    ("제철", "Steel"), ("조선", "Shipbuilding"), ("자동차", "Motors"), ("방산", "Defence"),
    ("기계", "Machinery"), ("소재", "Materials"), ("배터리", "Battery"), ("디스플레이", "Display"),
];
#[rustfmt::skip]
pub(crate) const SMALL_BUSINESS: Endings = &[
    ("정밀", "Precision"), ("마트", "Mart"), ("식품", "Foods"), ("상사", "Trading"), ("소프트", "Soft"),
    ("섬유", "Textiles"), ("금속", "Metals"), ("인쇄", "Printing"), ("가구", "Furniture"), ("물류", "Logistics"),
    ("건설", "Construction"), ("엔지니어링", "Engineering"), ("포장", "Packaging"), ("농산", "Farm Produce"),
    ("수산", "Fisheries"), ("여행", "Travel"), ("학원", "Academy"), ("출판", "Publishing"), ("디자인", "Design"),
    ("광고", "Advertising"), ("무역", "Commerce"), ("유통", "Distribution"), ("공방", "Workshop"),
    ("안경", "Optics"), ("조명", "Lighting"), ("부품", "Parts"), ("금형", "Moulds"), ("도금", "Plating"),
    ("화장품", "Cosmetics"), ("네트웍스", "Networks"), ("시스템즈", "Systems"), ("솔루션", "Solutions"),
];
#[rustfmt::skip]
pub(crate) const MUNICIPALITY: Endings = &[("시", "City"), ("군", "County"), ("구", "District")];
#[rustfmt::skip]
pub(crate) const PROVINCE: Endings = &[("도", "Province"), ("특별자치도", "Self-Governing Province")];
#[rustfmt::skip]
pub(crate) const PUBLIC_INSTITUTION: Endings = &[
    ("공사", "Corporation"), ("공단", "Service"), ("진흥원", "Promotion Agency"), ("연구원", "Research Institute"),
    ("평가원", "Evaluation Institute"), ("재단", "Foundation"),
];
#[rustfmt::skip]
pub(crate) const LOCAL_CORPORATION: Endings = &[
    ("도시공사", "Urban Corporation"), ("문화재단", "Cultural Foundation"), ("시설공단", "Facilities Service"),
    ("체육회", "Sports Council"), ("장학회", "Scholarship Fund"), ("상수도", "Waterworks"),
];
pub(crate) const EDUCATION_OFFICE: Endings = &[("교육청", "Office of Education")];
#[rustfmt::skip]
pub(crate) const UNIVERSITY: Endings = &[("국립대학교", "National University"), ("교육대학교", "University of Education")];
#[rustfmt::skip]
pub(crate) const PUBLIC_HOSPITAL: Endings = &[("의료원", "Medical Centre"), ("대학교병원", "University Hospital")];
#[rustfmt::skip]
pub(crate) const MILITARY: Endings = &[
    ("통신대대", "Signal Bn."), ("군수지원단", "Logistics Group"), ("방공여단", "Air Defence Bde."),
    ("함대사령부", "Fleet Command"), ("정비창", "Depot"), ("보병사단", "Infantry Div."),
];

/// What central bodies are about; ministries and agencies are made of each.
#[rustfmt::skip]
pub(crate) const TOPICS: [(&str, &str); 25] = [
    ("기상", "Weather"), ("통계", "Statistics"), ("관세", "Customs"), ("조달", "Procurement"), ("산림", "Forest"),
    ("해양", "Ocean"), ("환경", "Environment"), ("노동", "Labour"), ("문화", "Culture"), ("교육", "Education"),
    ("국토", "Land"), ("법무", "Justice"), ("통일", "Unification"), ("재정", "Finance"), ("국세", "Tax"),
    ("특허", "Patent"), ("소방", "Fire"), ("우정", "Postal"), ("보훈", "Veterans"), ("식약", "Food and Drug"),
    ("농림", "Agriculture"), ("인사", "Personnel"), ("기록", "Archives"), ("우주", "Space"), ("여성", "Family"),
];
pub(crate) const CENTRAL: Endings =
    &[("부", "Ministry"), ("청", "Agency"), ("위원회", "Commission")];
